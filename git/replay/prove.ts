import { UndriftError } from '../../domain/errors.ts'
import type { Oid } from '../../domain/patch.ts'
import type { Chain } from '../stack/linearise.ts'
import { assertShowsAll, rangeDiff } from './range-diff.ts'
import type { Replayed } from './replayer.ts'
import type { Workshop } from './workshop.ts'

/**
 * Proves what must hold before anything of a replay leaves the quarantine, and throws UNDRIFT_E_INTERNAL where it does
 * not. Invariant: every commit of the stack appears exactly once, as a patch or folded into one; what was kept is
 * exactly the commits between target and result, in the stack's order. That the result is connected is proved by the
 * pack that takes it out: git walks all of it.
 */
export async function proveReplay(
  workshop: Workshop,
  chain: Chain,
  {
    replayed,
    onto,
  }: { readonly replayed: Pick<Replayed, 'records' | 'head' | 'conflict'>; readonly onto: Oid },
): Promise<void> {
  const { records, head, conflict } = replayed
  const told = records.flatMap((record) => [record.oid, ...record.folded])
  const read = new Set(chain.links.map((link) => link.oid))
  if (told.length !== read.size || new Set(told).size !== told.length || told.some((oid) => !read.has(oid)))
    throw unproved('not every patch of the stack is accounted for')
  if (!conflict && records.some((record) => record.verdict === null)) throw unproved('a patch has no verdict')
  const kept = records.flatMap((record) => record.newOid ?? [])
  let at = head
  for (const oid of kept.toReversed()) {
    if (at !== oid) throw unproved(`${oid} was kept, and ${at} is in its place`)
    const { parents } = await workshop.quarantine.objects.commit(at)
    if (parents.length !== 1 || parents[0] === undefined) throw unproved(`${at} has not one parent`)
    at = parents[0]
  }
  if (at !== onto) throw unproved(`the result stands on ${at} instead of ${onto}`)
}

/** The range-diff of a replay while its objects are in quarantine, and the proof that it shows every new commit. */
export async function shownRangeDiff(
  { quarantine }: Workshop,
  chain: Chain,
  ends: { readonly head: Oid; readonly onto: Oid; readonly made: Oid },
): Promise<string> {
  const { head, onto, made } = ends
  quarantine.objects.flush()
  const text = await rangeDiff(quarantine, { base: chain.base, head }, { base: onto, head: made })
  let count = 0
  for (let at = made; at !== onto; count += 1) at = (await quarantine.objects.commit(at)).parents[0] ?? onto
  assertShowsAll(text, count)
  return text
}

function unproved(what: string): UndriftError {
  return new UndriftError(
    'UNDRIFT_E_INTERNAL',
    `The replay does not hold together: ${what}. Nothing was kept.`,
  )
}

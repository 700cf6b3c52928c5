import { UndriftError } from '../../domain/errors.ts'
import type { Oid } from '../../domain/patch.ts'
import { contains } from '../mirror/queries.ts'
import { readRef, updateRefs } from '../mirror/refs.ts'
import { parseCommit, serialiseCommit } from '../objects/commit-object.ts'
import { writeObject } from '../objects/object-write.ts'
import { runGit } from '../process/command.ts'
import type { Mirror } from '../types.ts'
import { eventOf } from './event-log.ts'
import { chainOf, entryOf, type Line, type Link, ledgerRef } from './ledger.ts'

/** What became of two ledgers of one line. */
export type JoinedLedger =
  /** This mirror's ledger goes on from the other now, or did so already. */
  | { readonly kind: 'joined'; readonly tip: Oid }
  /** What was to be joined is no ledger of this line that this version can read; nothing was changed. */
  | { readonly kind: 'foreign' }

/**
 * Puts the entries that only this mirror has behind those of a ledger of the same line that another machine wrote. An
 * entry is known by its content, so the order in which machines join changes nothing about what is there.
 */
export async function joinLedgers(mirror: Mirror, line: Line, other: Oid): Promise<JoinedLedger> {
  const known = (await entryOf(mirror, other)) ?? (await eventOf(mirror, other))
  if (known?.fork !== line.fork || known.line !== line.line) return { kind: 'foreign' }
  const ref = ledgerRef(line)
  for (let tries = 0; tries < 10; tries += 1) {
    const mine = await readRef(mirror, ref)
    if (mine !== null && (await contains(mirror, { ancestor: other, descendant: mine })))
      return { kind: 'joined', tip: mine }
    const tip = mine === null ? other : await behind(mirror, mine, other)
    const outcome = await updateRefs(mirror, [{ ref, to: tip, expected: mine }])
    if (outcome.kind !== 'stale') return { kind: 'joined', tip }
  }
  throw new UndriftError('UNDRIFT_E_BUSY', `${ref} keeps moving.`)
}

/** The other ledger with the entries that only this one has at its end, in their order. */
async function behind(mirror: Mirror, mine: Oid, other: Oid): Promise<Oid> {
  const there = new Set((await chainOf(mirror, other)).map(({ tree }) => tree))
  const missing = (await chainOf(mirror, mine)).filter(({ tree }) => !there.has(tree)).reverse()
  let tip = other
  for (const link of missing) tip = await moved(mirror, link, tip)
  return tip
}

async function moved(mirror: Mirror, { oid }: Link, parent: Oid): Promise<Oid> {
  const { stdout } = await runGit(mirror, ['cat-file', 'commit', oid])
  return writeObject(mirror, 'commit', serialiseCommit({ ...parseCommit(stdout, oid), parents: [parent] }))
}

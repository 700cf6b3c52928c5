import { UndriftError } from '../../domain/errors.ts'
import type { PatchReport } from '../../domain/patch.ts'
import { migrate } from '../objects/quarantine.ts'
import { commitSubject } from '../objects/subject.ts'
import { suspectsOfReplay, withoutTwins } from '../proof/suspects-of-replay.ts'
import { rememberedResolutions } from '../resolutions/remembered.ts'
import { carryEverything } from '../stack/policy.ts'
import { type OwnChain, rereadChain } from '../stack/stack.ts'
import type { LikelyLanding, Mirror, Replay, ReplayInput, ReplayOptions, Stack } from '../types.ts'
import { explainConflicts } from './explain.ts'
import { proveReplay, shownRangeDiff } from './prove.ts'
import type { PatchRecord } from './record.ts'
import { replayStack, type StackTask } from './replay-stack.ts'
import type { Replayed } from './replayer.ts'
import { inWorkshop, type Workshop } from './workshop.ts'

/** Milliseconds: nobody waits in front of an attempt, but a conflict should be shown while it is still news. */
const explainBudget = 30_000

/**
 * Moves the stack onto a new base in memory; stops at the first patch that no means can settle. The same input gives
 * the same commit ids everywhere. New objects reach the mirror only as a whole, after the last patch that went well.
 */
export function replay(mirror: Mirror, input: ReplayInput, options: ReplayOptions = {}): Promise<Replay> {
  return inWorkshop(
    mirror,
    async (workshop) => {
      const { stack, onto, committer, attempt, policy = carryEverything } = input
      const chain = await chainOf(workshop, stack, onto)
      const { lookBehind, ...told } = options
      const task: StackTask = {
        onto,
        policy: {
          ...policy,
          drop: policy.drop.filter((oid) => stack.patches.some((one) => one.oid === oid)),
        },
        generated: input.generated ?? [],
        committer,
        settle: rememberedResolutions(workshop, attempt),
        onConflict: 'stop',
        ...told,
      }
      const replayed = await replayStack(workshop, chain, task)
      const { conflict, head, tree, pending } = replayed
      await proveReplay(workshop, chain, { replayed, onto })
      const unproved = await suspectsOfReplay(workshop, replayed, { onto, ownership: chain.ownership })
      const suspects = withoutTwins([...replayed.suspects, ...unproved])
      const ends = { head: stack.head, onto, made: head }
      const shown = conflict ? '' : await shownRangeDiff(workshop, chain, ends)
      await keep(workshop, replayed, input)
      const records = await explainConflicts(workshop, replayed, { budget: explainBudget })
      const reports = reportsOf(stack, records)
      const likelyLandings = await likelyLandingsOf(mirror, records)
      if (!conflict) {
        const { upstreams } = chain.ownership
        const told = { reports, suspects, likelyLandings, upstreams }
        return { kind: 'done', head, tree, ...told, rangeDiff: shown, pending }
      }
      const { lastGood, paths, fault } = conflict
      const record = records.find((one) => one.oid === conflict.change.patch.oid)
      const causedBy = record?.conflict?.causedBy ?? null
      const { patch, before, after } = conflict.change
      const died = fault === undefined ? {} : { fault }
      const at = { patch, change: { before, after }, onto, lastGood, paths, causedBy, ...died }
      if (lookBehind === 'yes') {
        const behind = await conflictsBehind(workshop, chain, task)
        return { kind: 'conflict', at: { ...at, ...behind }, reports, likelyLandings }
      }
      return { kind: 'conflict', at, reports, likelyLandings }
    },
    { onto: input.onto },
  )
}

/** How many more patches conflict when the first one is looked past; nothing where that cannot be told. */
async function conflictsBehind(
  workshop: Workshop,
  chain: OwnChain,
  task: StackTask,
): Promise<{ readonly behind?: number }> {
  try {
    const { onPatch: _, ...quiet } = task
    const { records } = await replayStack(workshop, chain, { ...quiet, onConflict: 'forecast' })
    return { behind: records.filter(({ verdict }) => verdict === 'conflict').length - 1 }
  } catch {
    workshop.quarantine.signal?.throwIfAborted()
    // The question stands without it.
    return {}
  }
}

/** The stack's own chain. Invariant: every patch of the stack is in it, and no other. */
async function chainOf(workshop: Workshop, stack: Stack, onto: string): Promise<OwnChain> {
  const chain = await rereadChain(workshop, stack, onto)
  const found = new Set(chain.links.map((link) => link.oid))
  if (stack.patches.length === found.size && stack.patches.every((patch) => found.has(patch.oid)))
    return chain
  throw new UndriftError('UNDRIFT_E_INTERNAL', 'The stack is not the whole of the history that it names.')
}

/** One report for every patch of the stack: what was folded into another shares its fate. */
function reportsOf(stack: Stack, records: readonly PatchRecord[]): readonly PatchReport[] {
  const byOid = new Map(
    records.flatMap((record) => [record.oid, ...record.folded].map((oid) => [oid, record] as const)),
  )
  return stack.patches.map(({ oid, subject }) => {
    const record = byOid.get(oid)
    if (!record)
      throw new UndriftError('UNDRIFT_E_INTERNAL', `Patch ${oid} (${subject}) was lost in the replay.`)
    const reason =
      record.oid === oid ? record.reason : `Folded into ${record.oid.slice(0, 12)} (${record.subject}).`
    const { verdict, newOid, cause, resolution } = record
    return {
      oid,
      subject,
      verdict,
      newOid,
      reason,
      ...(cause === null ? {} : { cause }),
      ...(resolution === undefined ? {} : { resolution }),
    }
  })
}

/** The patches that a person is asked about because upstream may have taken them with changes. */
function likelyLandingsOf(
  mirror: Mirror,
  records: readonly PatchRecord[],
): Promise<readonly LikelyLanding[]> {
  return Promise.all(
    records.flatMap(({ oid, subject, folded, suggestion }) => {
      if (suggestion === null || suggestion === 'reverted-upstream') return []
      const named = suggestion.as.map(async (as) => ({ oid: as, subject: await commitSubject(mirror, as) }))
      return [Promise.all(named).then((as) => ({ oid, subject, folded, as }))]
    }),
  )
}

/** Moves what the replay made into the mirror: the new commits, the sides of a conflict, and what it is made again from. */
async function keep(workshop: Workshop, replayed: Replayed, { onto, stack }: ReplayInput): Promise<void> {
  const stages = replayed.conflict?.paths.flatMap(({ base, ours, theirs }) => [base, ours, theirs]) ?? []
  const blobs = stages.flatMap((stage) => (stage && stage.mode !== '160000' ? [stage.oid] : []))
  if (replayed.head === onto && blobs.length === 0) return
  const change = replayed.conflict?.change
  const trees = change ? [change.before, change.after] : []
  await migrate(workshop.quarantine, [replayed.head, ...blobs, ...trees], [onto, stack.head])
}

import type { ConflictPath, Oid } from '../../domain/patch.ts'
import { displayPath, utf8Bytes } from '../objects/bytes.ts'
import { type CommitObject, dateOf, serialiseCommit } from '../objects/commit-object.ts'
import { type Change, isEmptyChange, shapeOf } from '../stack/change.ts'
import { upstreamRange } from '../stack/upstream-range.ts'
import type { ConflictStages, Suspect } from '../types.ts'
import { causeOfConflict } from './cause.ts'
import { favour } from './favour.ts'
import { openLandings, pathsOf } from './landed.ts'
import type { Merge, MergeConflict } from './merge-tree.ts'
import { foreseeDiffs, prepareMerges } from './prepare.ts'
import { type Fate, landedFate, lostOf, type PatchRecord, recordOf, type Suggestion } from './record.ts'
import { type SimilarOptions, similarCommit } from './similar.ts'
import { findSuspects, type MergedTrees } from './suspects.ts'
import { type Comparison, compareDiffs, sameDiff } from './verdicts.ts'
import type { Workshop } from './workshop.ts'

export interface Settled {
  readonly tree: Oid
  readonly verdict: 'reused' | 'resolved'
  readonly reason: string
  readonly resolution: Oid
}

/** Settles a conflict by what is remembered; null when nothing is. */
export type Settle = (conflicts: readonly MergeConflict[], tree: Oid) => Promise<Settled | null>

export interface ReplayTask {
  /** The upstream commit that the changes stand on. */
  readonly base: Oid
  /** The upstream commit that the fork stood on first; equals `base` where it never merged upstream. */
  readonly oldest: Oid
  readonly onto: Oid
  readonly changes: readonly Change[]
  readonly committer: { readonly name: string; readonly email: string }
  readonly settle: Settle
  readonly onPatch?: (done: number, total: number) => void
  /** What a conflict does: `forecast` looks past it, as if the patch had won. */
  readonly onConflict: 'stop' | 'forecast'
}

export interface ReplayedConflict {
  readonly change: Change
  readonly lastGood: Oid
  readonly paths: readonly (ConflictPath & ConflictStages)[]
}

export interface Replayed {
  readonly head: Oid
  readonly tree: Oid
  readonly records: readonly PatchRecord[]
  readonly suspects: readonly Suspect[]
  /** The first conflict; null when all went well. */
  readonly conflict: ReplayedConflict | null
}

type Suggest = (change: Change, fit: SimilarOptions['fit']) => Promise<Suggestion | null>

/** Replays the changes one by one onto the target, in memory. */
export async function replayChanges(workshop: Workshop, task: ReplayTask): Promise<Replayed> {
  const { objects } = workshop.quarantine
  const target = await objects.commit(task.onto)
  const committer = committerLine(task.committer, target)
  const allPaths = async () => {
    const lists = await Promise.all(task.changes.map((change) => pathsOf(workshop, shapeOf(change))))
    return [...new Set(lists.flat())]
  }
  const { base, oldest, onto } = task
  const range = upstreamRange(workshop.quarantine, { base: oldest, onto }, allPaths)
  // What the fork merged already cannot be why a patch stops applying.
  const ahead = base === oldest ? range : upstreamRange(workshop.quarantine, { base, onto }, allPaths)
  const landings = openLandings(workshop, range, task.onto)
  let head = task.onto
  let tree = target.tree
  let conflict: ReplayedConflict | null = null

  /** Commits the patch's new tree, or keeps the commit itself where nothing at all changed; none past a conflict. */
  const advance = (change: Change, next: Oid): Oid | null => {
    tree = next
    if (conflict) return null
    const { source } = change
    const same = source.tree === next && source.parents.length === 1 && source.parents[0] === head
    head =
      same && change.folded.length === 0
        ? change.patch.oid
        : objects.write('commit', serialiseCommit({ ...source, tree: next, parents: [head], committer }))
    return head
  }
  const suggestionFor: Suggest = async (change, fit) => {
    if (fit !== 'clashed' && (await landings.reverted(change)) !== null) return 'reverted-upstream'
    const like = await similarCommit(workshop, change, { range, fit })
    return like === null ? null : { kind: 'landed-with-changes', as: [like] }
  }
  /** Compared only when all is replayed: until then nothing has to be shown to git. */
  const applied = (change: Change, next: Oid): (() => Promise<Fate>) => {
    const before = tree
    const newOid = advance(change, next)
    return () => compare(workshop, change, { before, after: next, newOid, suggestionFor })
  }
  const gone = async (change: Change, why: string): Promise<Fate> => {
    if (change.tookIn !== null) return landedFate({ cause: 'contained', as: [change.tookIn] })
    const own = { ...change, ...change.own, hollow: null }
    const landing = (await landings.ofEmptied(change)) ?? (await landings.ofEmptied(own))
    return landing ? landedFate(landing) : { verdict: 'emptied', newOid: null, reason: why }
  }
  const clashed = async (change: Change, merge: Merge & { kind: 'conflict' }, later: readonly Change[]) => {
    const landing = await landings.behindConflict(change, later)
    if (landing) return landedFate(landing)
    const settled = await task.settle(merge.conflicts, merge.tree)
    if (settled) {
      const { verdict, reason, resolution } = settled
      if (settled.tree !== tree) {
        return { verdict, newOid: advance(change, settled.tree), reason, resolution, lost: lostOf(change) }
      }
      const nothing = `${reason} Nothing is left of the patch.`
      return { verdict: 'emptied' as const, newOid: null, reason: nothing, resolution }
    }
    const paths = merge.conflicts.map((one) => ({ ...one, path: displayPath(one.path).text }))
    conflict ??= { change, lastGood: head, paths }
    const names = merge.conflicts.map((one) => one.path)
    const causedBy = await causeOfConflict(workshop, { change, paths: names, base }, ahead)
    const suggestion = await suggestionFor(change, 'clashed')
    if (task.onConflict === 'forecast') tree = await favour(workshop, { ...merge, ours: tree }, 'theirs')
    return conflictFate(paths, causedBy, suggestion)
  }
  const settleOne = async (change: Change, later: readonly Change[]): Promise<() => Promise<Fate>> => {
    const now = (fate: Fate) => () => Promise.resolve(fate)
    if (conflict && task.onConflict === 'stop') {
      return now({ verdict: null, newOid: null, reason: 'Behind the conflict; not tried.' })
    }
    if (change.drop) return now({ verdict: 'dropped', newOid: null, ...change.drop })
    if (change.hollow !== null) return now(await gone(change, change.hollow))
    const merge = await workshop.merger.merge(change.before, tree, change.after)
    if (merge.kind === 'conflict') return now(await clashed(change, merge, later))
    if (merge.tree === tree && !isEmptyChange(change)) {
      return now(await gone(change, 'Nothing is left: the new stack has the change before it comes to it.'))
    }
    return applied(change, merge.tree)
  }

  // Read while the merges are made; whoever needs it first waits for it, and hears of a failure.
  range.touching([]).catch(() => {})
  const kept = task.changes.filter((change) => change.drop === null)
  await foreseeDiffs(workshop, kept, target.tree)
  await prepareMerges(workshop, kept, target.tree)
  const fates: (() => Promise<Fate>)[] = []
  for (const [index, change] of task.changes.entries()) {
    fates.push(await settleOne(change, task.changes.slice(index + 1)))
    task.onPatch?.(index + 1, task.changes.length)
  }
  const settled = await Promise.all(fates.map((fate) => fate()))
  const records = await Promise.all(
    task.changes.map((change, index) => recordOf(workshop, change, settled[index] as Fate)),
  )
  return { head, tree, records, suspects: settled.flatMap((fate) => fate.suspects ?? []), conflict }
}

/** The verdict on a patch that applied, with whatever a person should look at. */
async function compare(
  workshop: Workshop,
  change: Change,
  result: {
    readonly before: Oid
    readonly after: Oid
    readonly newOid: Oid | null
    readonly suggestionFor: Suggest
  },
): Promise<Fate> {
  const { before, after, newOid } = result
  const lost = newOid === change.patch.oid ? [] : lostOf(change)
  const trees = { base: change.before, ours: before, theirs: change.after, result: after }
  const isSame = await isSameChange(workshop, trees)
  const [comparison, suspects] = isSame
    ? [sameDiff, []]
    : await Promise.all([compareTrees(workshop, trees), findSuspects(workshop, change.patch.oid, trees)])
  const fit = comparison.verdict === 'unchanged' ? 'unchanged' : 'merged'
  const suggestion = await result.suggestionFor(change, fit)
  return { ...comparison, newOid, lost, suspects, suggestion }
}

async function compareTrees(workshop: Workshop, trees: MergedTrees): Promise<Comparison> {
  const [old, now] = await Promise.all([
    workshop.shown.diff(trees.base, trees.theirs),
    workshop.shown.diff(trees.ours, trees.result),
  ])
  return compareDiffs(old, now)
}

/** Whether the very same contents changed into the very same contents: then there is no diff to compare. */
async function isSameChange(workshop: Workshop, trees: MergedTrees): Promise<boolean> {
  const [old, now] = await Promise.all([
    workshop.trees.compare(trees.base, trees.theirs),
    workshop.trees.compare(trees.ours, trees.result),
  ])
  return JSON.stringify(old) === JSON.stringify(now)
}

function conflictFate(
  paths: readonly ConflictPath[],
  causedBy: Oid | null,
  suggestion: Suggestion | null,
): Fate {
  const names = paths.map((one) => `${one.path} (${one.kind})`).join(', ')
  const since = causedBy === null ? '' : ` since upstream ${causedBy.slice(0, 12)}`
  return {
    verdict: 'conflict',
    newOid: null,
    reason: `Conflicts in ${names}${since}.`,
    suggestion,
    conflict: { paths: paths.map(({ path, kind }) => ({ path, kind })), causedBy },
  }
}

/**
 * The committer of every new commit: by name from the input, by date from the target.
 * Invariant: ids never depend on the clock.
 */
function committerLine(
  committer: { readonly name: string; readonly email: string },
  target: CommitObject,
): string {
  const clean = (text: string) => utf8Bytes(text.replace(/[<>\n\0]/g, '').trim())
  return `${clean(committer.name)} <${clean(committer.email)}> ${dateOf(target.committer)}`
}

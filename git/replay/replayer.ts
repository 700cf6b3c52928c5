import type { PendingFiles } from '../../domain/generated.ts'
import type { ConflictPath, Oid } from '../../domain/patch.ts'
import { type Bytes, displayPath } from '../objects/bytes.ts'
import { serialiseCommit } from '../objects/commit-object.ts'
import { holdsToo } from '../proof/holds-too.ts'
import { type Change, isEmptyChange } from '../stack/change.ts'
import { type UpstreamRange, upstreamRange } from '../stack/upstream-range.ts'
import type { ConflictStages, Suspect } from '../types.ts'
import { committerLine } from './committer.ts'
import { conflictFate } from './conflict-fate.ts'
import type { Unexplained } from './explain.ts'
import { favour } from './favour.ts'
import { type Laid, layGenerated, wholeChange } from './generated.ts'
import { type Landing, openLandings } from './landed.ts'
import type { Merge, MergeConflict } from './merge-tree.ts'
import { compareWithOwn, isSameChange, ownTrees } from './own-diff.ts'
import { type LaidPatch, nothingLeft, pendingFiles, waiting, withGenerated } from './pending.ts'
import { foreseeWindows } from './prepare.ts'
import {
  allPathsOf,
  type Fate,
  landedFate,
  lostOf,
  type PatchRecord,
  recordOf,
  type Suggestion,
} from './record.ts'
import { type SimilarOptions, similarCommit } from './similar.ts'
import { findSuspects } from './suspects.ts'
import { whyEmpty } from './why-empty.ts'
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
  /** How git died in the merge. */
  readonly fault?: string
}

export interface Replayed {
  readonly head: Oid
  readonly tree: Oid
  readonly records: readonly PatchRecord[]
  readonly suspects: readonly Suspect[]
  /** Generated files that are still to be made again. */
  readonly pending: readonly PendingFiles[]
  /** The first conflict; null when all went well. */
  readonly conflict: ReplayedConflict | null
  /** Conflicts that are not explained yet: to search for that takes longer than the whole replay. */
  readonly unexplained: readonly Unexplained[]
  /** What was replayed, in order. */
  readonly changes: readonly Change[]
  /** Files that a person, a remembered resolution or a rule of generated files settled. */
  readonly settled: ReadonlySet<Bytes>
  /** What upstream did between the first base and the target. */
  readonly range: UpstreamRange
}

type Suggest = (change: Change, fit: SimilarOptions['fit']) => Promise<Suggestion | null>

/** Replays the changes one by one onto the target, in memory. */
export async function replayChanges(workshop: Workshop, task: ReplayTask): Promise<Replayed> {
  const { objects } = workshop.quarantine
  const target = await objects.commit(task.onto)
  const committer = committerLine(task.committer, target)
  const allPaths = async () => {
    const lists = await Promise.all(task.changes.map((change) => allPathsOf(workshop, change)))
    return [...new Set(lists.flat())]
  }
  const { base, oldest, onto } = task
  const range = upstreamRange(workshop.quarantine, { base: oldest, onto }, allPaths)
  // What the fork merged already cannot be why a patch stops applying.
  const ahead = base === oldest ? range : upstreamRange(workshop.quarantine, { base, onto }, allPaths)
  const landings = openLandings(workshop, range, { base: oldest, onto })
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
    if ((await landings.reverted(change)) !== null) return 'reverted-upstream'
    const like = await similarCommit(workshop, change, { range, fit })
    return like === null ? null : { kind: 'landed-with-changes', as: [like] }
  }
  const laidPatches: LaidPatch[] = []
  const unexplained: Unexplained[] = []
  const settledPaths = new Set<Bytes>(
    task.changes.flatMap(({ generated }) => generated.map(({ path }) => path)),
  )
  let pending: readonly PendingFiles[] = []
  const layOver = (change: Change, merged: Oid): Promise<Laid> =>
    layGenerated(workshop.trees, change.generated, { ours: tree, merged })
  /** Commits a patch with its generated files; null where nothing of it is left. */
  const advanceLaid = (change: Change, merged: Oid, laid: Laid): { readonly newOid: Oid | null } | null => {
    // Where upstream has the other files of the patch, what was generated from them is upstream's, too.
    const waits = change.before === change.after && waiting(laid).size > 0
    if (merged === tree && laid.tree === tree && !waits && !isEmptyChange(change)) return null
    const newOid = advance(change, laid.tree)
    if (newOid !== null && laid.files.length > 0) laidPatches.push({ change, newOid, laid })
    return { newOid }
  }
  const merged = new Map<Oid, Promise<Landing | null>>()
  /** The landing of a patch that the fork merged from upstream, alone or with others that it merged. */
  const landingOfMerged = (change: Change, later: readonly Change[]): Promise<Landing | null> => {
    const search = async () => {
      const own = byOwnTrees(change)
      // What upstream squashed before the fork merged it holds no patch that was made later.
      const others = later.filter((each) => each.hollow !== null && each.tookIn === null)
      return (await landings.ofEmptied(own)) ?? landings.behindConflict(own, others.map(byOwnTrees))
    }
    const found = merged.get(change.patch.oid) ?? search()
    merged.set(change.patch.oid, found)
    return found
  }
  /** A landing counts only where the patches that were carried left what upstream has of it. */
  const heldStill = async (change: Change, landing: Landing | null): Promise<Landing | null> => {
    if (landing === null) return null
    const trees = { target: target.tree, made: tree }
    return (await holdsToo(workshop, ownTrees(change), trees)) ? landing : null
  }
  const gone = async (change: Change, later: readonly Change[]): Promise<Fate> => {
    if (change.tookIn !== null) return landedFate({ cause: 'contained', as: [change.tookIn], since: [] })
    const own = byOwnTrees(change)
    const found =
      (await landings.ofEmptied(change)) ??
      (change.hollow === null ? await landings.ofEmptied(own) : await landingOfMerged(change, later))
    const landing = await heldStill(change, found)
    if (landing) return landedFate(landing)
    if (change.hollow !== null) return { verdict: 'emptied', newOid: null, reason: change.hollow }
    const earlier = task.changes.slice(
      0,
      task.changes.findIndex(({ patch }) => patch.oid === change.patch.oid),
    )
    return {
      verdict: 'emptied',
      newOid: null,
      reason: await whyEmpty(workshop, change, { earlier, range, onto }),
    }
  }
  const goneLaid = async (change: Change, laid: Laid, later: readonly Change[]): Promise<Fate> => {
    if (change.before !== change.after) return withGenerated(await gone(change, later), laid, [])
    const isThere = laid.files.every(({ how }) => how === 'there')
    if (isThere) return gone(await wholeChange(workshop.trees, change), later)
    return { verdict: 'emptied', newOid: null, reason: nothingLeft(laid) }
  }
  const clashed = async (
    change: Change,
    merge: Merge & { kind: 'conflict' },
    later: readonly Change[],
  ): Promise<() => Promise<Fate>> => {
    const landing = await heldStill(change, await landings.behindConflict(change, later))
    if (landing) return now(landedFate(landing))
    const settled = await task.settle(merge.conflicts, merge.tree)
    if (settled) {
      const { verdict, reason, resolution } = settled
      for (const { path } of merge.conflicts) settledPaths.add(path)
      for (const { path } of await workshop.trees.compare(merge.tree, settled.tree)) settledPaths.add(path)
      const laid = await layOver(change, settled.tree)
      const made = advanceLaid(change, settled.tree, laid)
      if (made) {
        const fate = { verdict, ...made, reason, resolution, lost: lostOf(change) }
        return async () => withGenerated(fate, laid, pending)
      }
      const nothing = `${reason} Nothing is left of the patch.`
      return now({ verdict: 'emptied', newOid: null, reason: nothing, resolution })
    }
    const paths = merge.conflicts.map((one) => ({ ...one, path: displayPath(one.path).text }))
    const { fault = null } = merge
    conflict ??= { change, lastGood: head, paths, ...(fault === null ? {} : { fault }) }
    const names = merge.conflicts.map((one) => one.path)
    unexplained.push({ change, paths, names, fault, base, range, ahead })
    if (task.onConflict === 'forecast') tree = await favour(workshop, { ...merge, ours: tree }, 'theirs')
    return now(conflictFate(paths, null, fault))
  }
  /** The change by its own trees, where upstream had it when the fork merged that, and went back on it since. */
  const revived = async (change: Change, later: readonly Change[]): Promise<Change | null> => {
    if (change.hollow === null || change.tookIn !== null) return null
    const own = byOwnTrees(change)
    const merged = (await objects.commit(base)).tree
    if ((await workshop.merger.tryMerge(own.before, merged, own.after)) !== merged) return null
    if ((await landingOfMerged(change, later)) !== null) return null
    return (await landings.reverted(own)) === null ? null : own
  }
  const settleOne = async (given: Change, later: readonly Change[]): Promise<() => Promise<Fate>> => {
    if (conflict && task.onConflict === 'stop') {
      return now({ verdict: null, newOid: null, reason: 'Not tried: comes after the conflict.' })
    }
    if (given.drop) return now({ verdict: 'dropped', newOid: null, ...given.drop })
    const change = (await revived(given, later)) ?? given
    if (change.hollow !== null) return now(await gone(change, later))
    const found = change.generated.length === 0 ? await landings.beforeMerge(change, later) : null
    const landing = await heldStill(change, found)
    if (landing) return now(landedFate(landing))
    const merge = await workshop.merger.merge(change.before, tree, change.after)
    if (merge.kind === 'conflict') return clashed(change, merge, later)
    const laid = await layOver(change, merge.tree)
    const before = tree
    const made = advanceLaid(change, merge.tree, laid)
    if (!made) return now(await goneLaid(change, laid, later))
    // Compared only when all is replayed: until then nothing has to be shown to git.
    const result = { before, after: merge.tree, ...made, suggestionFor }
    return async () => withGenerated(await compare(workshop, change, result), laid, pending)
  }

  // Read while the merges are made; whoever needs it first waits for it, and hears of a failure.
  range.touching([]).catch(() => {})
  const fates: (() => Promise<Fate>)[] = []
  const windows = foreseeWindows(workshop, task.changes)
  for (const [index, change] of task.changes.entries()) {
    if (conflict === null || task.onConflict === 'forecast') await windows.reach(index, tree)
    fates.push(await settleOne(change, task.changes.slice(index + 1)))
    task.onPatch?.(index + 1, task.changes.length)
  }
  pending = pendingFiles(laidPatches)
  const told = await Promise.all(fates.map((fate) => fate()))
  const records = await Promise.all(
    task.changes.map((change, index) => recordOf(workshop, change, told[index] as Fate)),
  )
  const suspects = told.flatMap((fate) => fate.suspects ?? [])
  const { changes } = task
  const made = { head, tree, records, suspects, pending, conflict, unexplained }
  return { ...made, changes, settled: settledPaths, range }
}

/** The change as its commit made it in the fork, before anything was taken out of it. */
function byOwnTrees(change: Change): Change {
  return { ...change, ...change.own, hollow: null }
}

function now(fate: Fate): () => Promise<Fate> {
  return () => Promise.resolve(fate)
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
  const [comparison, suspects] = await Promise.all([
    compareWithOwn(workshop, change, { before, after }),
    (await isSameChange(workshop, change, { before, after }))
      ? []
      : findSuspects(workshop, change.patch.oid, trees),
  ])
  const fit = comparison.verdict === 'unchanged' ? 'unchanged' : 'merged'
  const suggestion = await result.suggestionFor(change, fit)
  return { ...comparison, newOid, lost, suspects, suggestion }
}

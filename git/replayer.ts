import type { ConflictPath, Oid, PatchReport, Verdict } from '../domain/patch.ts'
import { displayPath } from './bytes.ts'
import { type Change, type Drop, isEmptyChange } from './change.ts'
import { type CommitObject, dateOf, serialiseCommit } from './commit-object.ts'
import { type LandedCause, openLandings, pathsOf } from './landed.ts'
import type { MergeConflict } from './merge-tree.ts'
import type { ConflictStages } from './types.ts'
import { upstreamRange } from './upstream-range.ts'
import { compareDiffs } from './verdicts.ts'
import type { Workshop } from './workshop.ts'

/** Everything that is known of what became of one patch. */
export interface PatchRecord extends PatchReport {
  readonly author: { readonly name: string; readonly email: string }
  readonly landedAs: readonly Oid[]
  readonly cause: LandedCause | Drop['cause'] | null
  readonly paths: readonly string[]
  readonly encodedPaths: boolean
  readonly folded: readonly Oid[]
  /** What the new commit does not carry on, such as `signature`. */
  readonly lost: readonly string[]
}

export interface Settled {
  readonly tree: Oid
  readonly verdict: 'reused' | 'resolved'
  readonly reason: string
}

/** Settles a conflict by what is remembered; null when nothing is. */
export type Settle = (conflicts: readonly MergeConflict[], tree: Oid) => Promise<Settled | null>

export interface ReplayTask {
  readonly base: Oid
  readonly onto: Oid
  readonly changes: readonly Change[]
  readonly committer: { readonly name: string; readonly email: string }
  readonly settle: Settle
  readonly onPatch?: (done: number, total: number) => void
}

export interface ReplayedConflict {
  readonly change: Change
  readonly lastGood: Oid
  /** The tree that the patch was merged into, and the one with markers that came out. */
  readonly ours: Oid
  readonly marked: Oid
  readonly conflicts: readonly MergeConflict[]
  readonly paths: readonly (ConflictPath & ConflictStages)[]
}

export interface Replayed {
  readonly head: Oid
  readonly tree: Oid
  readonly records: readonly PatchRecord[]
  readonly conflict: ReplayedConflict | null
}

type Fate = Pick<PatchRecord, 'verdict' | 'newOid' | 'reason'> &
  Partial<Pick<PatchRecord, 'landedAs' | 'cause' | 'lost'>>

/** Replays the changes one by one onto the target, in memory; stops at the first that no means can settle. */
export async function replayChanges(workshop: Workshop, task: ReplayTask): Promise<Replayed> {
  const { objects } = workshop.quarantine
  const target = await objects.commit(task.onto)
  const committer = committerLine(task.committer, target)
  const range = upstreamRange(workshop.quarantine, task, async () => {
    const lists = await Promise.all(task.changes.map((change) => pathsOf(workshop, change)))
    return [...new Set(lists.flat())]
  })
  const landings = openLandings(workshop, range, task.onto)
  const fates: Promise<Fate>[] = []
  let parent = task.onto
  let tree = target.tree
  let conflict: ReplayedConflict | null = null

  /** Commits the patch's new tree, or keeps the commit itself where nothing at all changed. */
  const advance = (change: Change, next: Oid): Oid => {
    const { source } = change
    const same = source.tree === next && source.parents.length === 1 && source.parents[0] === parent
    const before = tree
    parent =
      same && change.folded.length === 0
        ? change.patch.oid
        : objects.write('commit', serialiseCommit({ ...source, tree: next, parents: [parent], committer }))
    tree = next
    return before
  }
  const compared = async (change: Change, before: Oid, after: Oid): Promise<Fate> => {
    const newOid = parent
    const [old, now] = await Promise.all([
      workshop.shown.diff(change.before, change.after),
      workshop.shown.diff(before, after),
    ])
    return { ...compareDiffs(old, now), newOid, lost: newOid === change.patch.oid ? [] : lostOf(change) }
  }

  for (const [index, change] of task.changes.entries()) {
    if (conflict) {
      fates.push(Promise.resolve({ verdict: null, newOid: null, reason: 'Behind the conflict; not tried.' }))
      continue
    }
    if (change.drop) {
      fates.push(Promise.resolve({ verdict: 'dropped', newOid: null, ...change.drop }))
      continue
    }
    const merge = await workshop.merger.merge(change.before, tree, change.after)
    if (merge.kind === 'conflict') {
      const landing = await landings.behindConflict(change, task.changes.slice(index + 1))
      if (landing) {
        fates.push(Promise.resolve({ ...landedFate(landing.cause, landing.as) }))
        task.onPatch?.(index + 1, task.changes.length)
        continue
      }
      const settled = await task.settle(merge.conflicts, merge.tree)
      if (!settled) {
        conflict = {
          change,
          lastGood: parent,
          ours: tree,
          marked: merge.tree,
          conflicts: merge.conflicts,
          paths: merge.conflicts.map((one) => ({ ...one, path: displayPath(one.path).text })),
        }
        const names = conflict.paths.map((one) => `${one.path} (${one.kind})`).join(', ')
        fates.push(Promise.resolve({ verdict: 'conflict', newOid: null, reason: `Conflicts in ${names}.` }))
        continue
      }
      if (settled.tree === tree) {
        const reason = `${settled.reason} Nothing is left of the patch.`
        fates.push(Promise.resolve({ verdict: 'emptied', newOid: null, reason }))
      } else {
        advance(change, settled.tree)
        const { verdict, reason } = settled
        fates.push(Promise.resolve({ verdict, newOid: parent, reason, lost: lostOf(change) }))
      }
    } else if (merge.tree === tree && !isEmptyChange(change)) {
      const landing = await landings.ofEmptied(change)
      fates.push(
        Promise.resolve(
          landing
            ? landedFate(landing.cause, landing.as)
            : {
                verdict: 'emptied',
                newOid: null,
                reason: 'Nothing is left: what stands before it in the new stack has the change already.',
              },
        ),
      )
    } else {
      const before = advance(change, merge.tree)
      const fate = compared(change, before, merge.tree)
      // Awaited below, with all the others; a failure before that must not count as unhandled.
      fate.catch(() => {})
      fates.push(fate)
    }
    task.onPatch?.(index + 1, task.changes.length)
  }
  const records = await Promise.all(
    task.changes.map(async (change, index) =>
      recordOf(workshop, change, await (fates[index] as Promise<Fate>)),
    ),
  )
  return { head: parent, tree, records, conflict }
}

function landedFate(cause: LandedCause, as: readonly Oid[]): Fate {
  const named = as.map((oid) => oid.slice(0, 12)).join(', ')
  const how: Record<LandedCause, string> = {
    exact: `Upstream has the same change as ${named}.`,
    squashed: `Upstream has it as a part of ${named}.`,
    contained: `Upstream has all of it since ${named}.`,
  }
  return { verdict: 'landed', newOid: null, reason: how[cause], cause, landedAs: as }
}

async function recordOf(workshop: Workshop, change: Change, fate: Fate): Promise<PatchRecord> {
  const { patch } = change
  const paths = [...new Set(await pathsOf(workshop, change))].map(displayPath)
  const wasEmpty = isEmptyChange(change) && fate.verdict === 'unchanged'
  const reason = wasEmpty ? 'It was empty from the start and is kept.' : fate.reason
  return {
    oid: patch.oid,
    subject: patch.subject,
    author: { name: patch.authorName, email: patch.authorEmail },
    verdict: fate.verdict satisfies Verdict | null,
    newOid: fate.newOid,
    landedAs: fate.landedAs ?? [],
    cause: fate.cause ?? null,
    reason: change.note === null ? reason : `${reason} ${change.note}`,
    paths: paths.map((path) => path.text),
    encodedPaths: paths.some((path) => path.encoded),
    folded: change.folded,
    lost: fate.lost ?? [],
  }
}

function lostOf(change: Change): readonly string[] {
  const names = change.source.lost.map((name) => (name.startsWith('gpgsig') ? 'signature' : name))
  return [...new Set(names)]
}

/** The committer of every new commit: by name from the input, by date from the target, so that ids never depend on the clock. */
function committerLine(
  committer: { readonly name: string; readonly email: string },
  target: CommitObject,
): string {
  const clean = (text: string) => Buffer.from(text.replace(/[<>\n\0]/g, '').trim(), 'utf8').toString('latin1')
  return `${clean(committer.name)} <${clean(committer.email)}> ${dateOf(target.committer)}`
}

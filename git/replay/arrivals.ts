import type { Oid } from '../../domain/patch.ts'
import type { Bytes } from '../objects/bytes.ts'
import { runGit } from '../process/command.ts'
import type { UpstreamRange } from '../stack/upstream-range.ts'
import { mayHold, meetsOtherwise } from './held.ts'
import { contentsOf } from './merge-blobs.ts'
import type { Workshop } from './workshop.ts'

/** A change as its two trees. */
export interface TwoTrees {
  readonly before: Oid
  readonly after: Oid
}

/** Where upstream came to hold a change, and where it went back on it. */
export interface Arrivals {
  /** Whether merging the change into the tree changes nothing. */
  isHeld(change: TwoTrees, tree: Oid): Promise<boolean>
  /** Upstream's newest commits on the paths of the changes, parents before children, and the merges that they follow. */
  candidates(changes: readonly TwoTrees[]): Promise<readonly Oid[]>
  /** Those of the commits after which the change is held and before which it was not. */
  among(commits: readonly Oid[], change: TwoTrees): Promise<readonly Oid[]>
  /** Whether upstream took the change back, in full or in part, after the commit that brought it. */
  takenBack(change: TwoTrees, arrival: Oid, commits: readonly Oid[]): Promise<boolean>
  /** The last of the commits that brought the change; whether upstream took it back since, in full or in part. */
  ofWhole(commits: readonly Oid[], change: TwoTrees): Promise<Oid | 'taken-back' | null>
  /** The commit that brought a change which the target holds; upstream may have moved the file first. */
  anywhere(change: TwoTrees): Promise<Oid | null>
}

/** A search over long histories of one path would take longer than the question it spares. */
const mostCommits = 200

/** Looks for arrivals in the range between base and target. */
export function openArrivals(workshop: Workshop, range: UpstreamRange): Arrivals {
  const { objects } = workshop.quarantine
  const treeOf = async (commit: Oid): Promise<Oid> => (await objects.commit(commit)).tree
  /** `held`: merging it changes nothing; `absent`: it applies in full or in part; `unclear`: it conflicts. */
  const stateAt = async ({ before, after }: TwoTrees, tree: Oid): Promise<'held' | 'absent' | 'unclear'> => {
    const merged = await workshop.merger.tryMerge(before, tree, after)
    if (merged === null) return 'unclear'
    return merged === tree ? 'held' : 'absent'
  }
  const isHeld = async (change: TwoTrees, tree: Oid): Promise<boolean> =>
    (await mayHold(workshop.trees, change, tree)) && (await stateAt(change, tree)) === 'held'
  /** Within the range a walk tells it; git would read a long history for it. */
  const isAncestor = async (older: Oid, newer: Oid): Promise<boolean> => {
    const parents = await range.parents()
    if (parents.has(older)) return reaches(parents, newer, older)
    const argv = ['merge-base', '--is-ancestor', older, newer]
    return (await runGit(workshop.quarantine, argv, { okCodes: [0, 1] })).code === 0
  }
  /** What only a merge holds touches no path by itself; the next commit on the path shows it as its parent. */
  const withMerges = async (commits: readonly Oid[]): Promise<readonly Oid[]> => {
    const parents = await Promise.all(commits.map(async (commit) => (await objects.commit(commit)).parents))
    const before = await Promise.all(
      parents.map(async (list) => {
        const isMerge = await Promise.all(
          list.map(async (oid) => (await objects.commit(oid)).parents.length > 1),
        )
        return list.filter((_, index) => isMerge[index])
      }),
    )
    if (before.every((list) => list.length === 0)) return commits
    const inRange = new Set(await range.all())
    return [
      ...new Set(
        commits.flatMap((commit, at) => [...(before[at] ?? []).filter((oid) => inRange.has(oid)), commit]),
      ),
    ]
  }

  const among = async (commits: readonly Oid[], change: TwoTrees): Promise<readonly Oid[]> => {
    const found: Oid[] = []
    const may = await Promise.all(
      commits.map(async (commit) => mayHold(workshop.trees, change, await treeOf(commit))),
    )
    const likely = commits.filter((_, index) => may[index])
    await prepareStates(workshop, change, likely)
    for (const commit of likely) {
      if (await meetsOtherwise(workshop, change, await treeOf(commit))) continue
      if (!(await isHeld(change, await treeOf(commit)))) continue
      const { parents } = await objects.commit(commit)
      let isNew = true
      for (const parent of parents) isNew &&= !(await isHeld(change, await treeOf(parent)))
      if (isNew) found.push(commit)
    }
    return found
  }
  const takenBack = async (change: TwoTrees, arrival: Oid, commits: readonly Oid[]): Promise<boolean> => {
    for (const commit of commits.slice(commits.indexOf(arrival) + 1)) {
      // A merge that lost the change touches no path by itself: what comes after it stands on the loss.
      for (const at of [commit, ...(await objects.commit(commit)).parents]) {
        if ((await stateAt(change, await treeOf(at))) !== 'absent') continue
        if (await isAncestor(arrival, at)) return true
      }
    }
    return false
  }

  return {
    isHeld,
    candidates: async (changes) => {
      const lists = await Promise.all(changes.map((change) => pathsOf(workshop, change)))
      return withMerges((await range.touching(lists.flat())).slice(-mostCommits))
    },
    among,
    takenBack,
    ofWhole: async (commits, change) => {
      const last = (await among(commits, change)).at(-1)
      if (last === undefined) return null
      return (await takenBack(change, last, commits)) ? 'taken-back' : last
    },
    anywhere: async (change) => {
      const commits = await range.all()
      const holds = async (at: number) => isHeld(change, await treeOf(commits[at] as Oid))
      let [low, high] = [0, commits.length - 1]
      while (low < high) {
        const middle = (low + high) >> 1
        if (await holds(middle)) high = middle
        else low = middle + 1
      }
      const [found = null] = await among(commits.slice(low, low + 1), change)
      return found
    },
  }
}

/** Whether a commit of the range can be reached from another commit; outside the range none of it can. */
export function reaches(parents: ReadonlyMap<Oid, readonly Oid[]>, from: Oid, to: Oid): boolean {
  const seen = new Set([from])
  for (const commit of seen) {
    if (commit === to) return true
    for (const parent of parents.get(commit) ?? []) seen.add(parent)
  }
  return false
}

/** Every path that the change touches; of a moved file, both. */
export async function pathsOf(workshop: Workshop, change: TwoTrees): Promise<readonly Bytes[]> {
  return (await workshop.trees.compare(change.before, change.after)).map(({ path }) => path)
}

/** Merges in one go what asking for a change at many commits will need. */
async function prepareStates(workshop: Workshop, change: TwoTrees, commits: readonly Oid[]): Promise<void> {
  const { trees, merger, quarantine } = workshop
  const changes = await trees.compare(change.before, change.after)
  const trios = await Promise.all(
    commits.flatMap((commit) =>
      changes.map(async ({ path, before, after }) => {
        const ours = await trees.lookUp((await quarantine.objects.commit(commit)).tree, path)
        return contentsOf(before, ours, after) ?? []
      }),
    ),
  )
  await merger.prepare(trios.flat())
}

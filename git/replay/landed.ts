import type { LandedCause, Oid } from '../../domain/patch.ts'
import type { Bytes } from '../objects/bytes.ts'
import { runGit } from '../process/command.ts'
import { type Change, isEmptyChange } from '../stack/change.ts'
import type { UpstreamRange } from '../stack/upstream-range.ts'
import { changedLines, type Diff } from './differ.ts'
import { mayHold, meetsOtherwise } from './held.ts'
import { contentsOf } from './merge-blobs.ts'
import type { Workshop } from './workshop.ts'

/** Upstream has the patch: by which commits, and in what shape. */
export interface Landing {
  /** `exact`: the same diff; `squashed`: a part of one upstream commit; `contained`: put together from several. */
  readonly cause: LandedCause
  readonly as: readonly Oid[]
}

/** Finds out whether upstream alone has a patch. Invariant: proved by trees; patch ids and subjects only hint. */
export interface Landings {
  /** The landing of a patch that leaves nothing on the target; null when upstream alone does not have it. */
  ofEmptied(change: Change): Promise<Landing | null>
  /** The landing of a patch that conflicts because upstream went on from it; null when there is none. */
  behindConflict(change: Change, later: readonly Change[]): Promise<Landing | null>
  /** The upstream commit that held the patch and was taken back again; null when there is none. */
  reverted(change: Change): Promise<Oid | null>
}

/** A search over long histories of one path would take longer than the question it spares. */
const mostCommits = 200
/** Where a patch applies and nobody is asked, less is looked at. */
const fewCommits = 40
/** How many later patches are tried together with one that landed as part of a squash. */
const mostTogether = 12

/** Looks for landings in the range between base and target. */
export function openLandings(workshop: Workshop, range: UpstreamRange, onto: Oid): Landings {
  const { objects } = workshop.quarantine
  const treeOf = async (commit: Oid): Promise<Oid> => (await objects.commit(commit)).tree
  const parentTreeOf = async (commit: Oid): Promise<Oid | null> => {
    const [parent] = (await objects.commit(commit)).parents
    return parent === undefined ? null : treeOf(parent)
  }
  /** `held`: merging it changes nothing; `absent`: it applies in full or in part; `unclear`: it conflicts. */
  const stateAt = async (before: Oid, after: Oid, tree: Oid): Promise<'held' | 'absent' | 'unclear'> => {
    const merged = await workshop.merger.tryMerge(before, tree, after)
    if (merged === null) return 'unclear'
    return merged === tree ? 'held' : 'absent'
  }
  const isHeld = async (before: Oid, after: Oid, tree: Oid): Promise<boolean> =>
    (await mayHold(workshop.trees, { before, after }, tree)) &&
    (await stateAt(before, after, tree)) === 'held'
  const candidates = async (changes: readonly Change[]): Promise<readonly Oid[]> => {
    const lists = await Promise.all(changes.map((change) => pathsOf(workshop, change)))
    return (await range.touching(lists.flat())).slice(-mostCommits)
  }
  /** Upstream commits after which the change is held and before which it was not, oldest first. */
  const arrivals = async (before: Oid, after: Oid, commits: readonly Oid[]): Promise<readonly Oid[]> => {
    const found: Oid[] = []
    const may = await Promise.all(
      commits.map(async (commit) => mayHold(workshop.trees, { before, after }, await treeOf(commit))),
    )
    const likely = commits.filter((_, index) => may[index])
    await prepareStates(workshop, { before, after }, likely)
    for (const commit of likely) {
      if (await meetsOtherwise(workshop, { before, after }, await treeOf(commit))) continue
      if (!(await isHeld(before, after, await treeOf(commit)))) continue
      const parent = await parentTreeOf(commit)
      if (parent === null || !(await isHeld(before, after, parent))) found.push(commit)
    }
    return found
  }
  /** Upstream may have moved the file first: then the commit that brought the change touches another path. */
  const arrivalAnywhere = async ({ before, after }: Change): Promise<Oid | null> => {
    const commits = await range.all()
    const holds = async (at: number) => isHeld(before, after, await treeOf(commits[at] as Oid))
    let [low, high] = [0, commits.length - 1]
    while (low < high) {
      const middle = (low + high) >> 1
      if (await holds(middle)) high = middle
      else low = middle + 1
    }
    const [found = null] = await arrivals(before, after, commits.slice(low, low + 1))
    return found
  }
  const isAncestor = async (older: Oid, newer: Oid): Promise<boolean> => {
    const argv = ['merge-base', '--is-ancestor', older, newer]
    return (await runGit(workshop.quarantine, argv, { okCodes: [0, 1] })).code === 0
  }
  /** Whether upstream took the change back after the commit that brought it. */
  const takenBack = async (
    change: { readonly before: Oid; readonly after: Oid },
    arrival: Oid,
    commits: readonly Oid[],
  ): Promise<boolean> => {
    for (const commit of commits.slice(commits.indexOf(arrival) + 1)) {
      if ((await stateAt(change.before, change.after, await treeOf(commit))) !== 'absent') continue
      if (await isAncestor(arrival, commit)) return true
    }
    return false
  }
  const looksReverted = async (change: Change, commits: readonly Oid[]): Promise<boolean> => {
    const named = await Promise.all(commits.map((commit) => objects.commit(commit)))
    if (named.some((commit) => /\brevert|\bback(?:ed)? out\b/i.test(commit.message))) return true
    const { trees } = workshop
    const target = await treeOf(onto)
    const changes = await trees.compare(change.before, change.after)
    const now = await Promise.all(changes.map(({ path }) => trees.lookUp(target, path)))
    return changes.every(({ before }, index) => before?.oid === now[index]?.oid)
  }
  const causeOf = async (change: Change, commit: Oid): Promise<LandedCause> => {
    const before = await parentTreeOf(commit)
    if (before === null) return 'contained'
    const mine = await workshop.plain.diff(change.before, change.after)
    const theirs = await workshop.plain.diff(before, await treeOf(commit))
    if (textOf(mine) === textOf(theirs)) return 'exact'
    return isPartOf(mine, theirs) ? 'squashed' : 'contained'
  }

  return {
    ofEmptied: async (change) => {
      if (isEmptyChange(change)) return null
      if (!(await isHeld(change.before, change.after, await treeOf(onto)))) return null
      const [first = await arrivalAnywhere(change)] = await arrivals(
        change.before,
        change.after,
        await candidates([change]),
      )
      return first === null ? null : { cause: await causeOf(change, first), as: [first] }
    },
    behindConflict: async (change, later) => {
      const own = await candidates([change])
      if (own.length === 0) return null
      const last = (await arrivals(change.before, change.after, own)).at(-1)
      if (last !== undefined) {
        if (await takenBack(change, last, own)) return null
        return { cause: await causeOf(change, last), as: [last] }
      }
      const paths = new Set(await pathsOf(workshop, change))
      const together: Change[] = [change]
      /** Patches on the way that the change has nothing to do with, until a later one needs both. */
      let beside: readonly Change[] = []
      let after = change.after
      for (const other of later) {
        if (together.length >= mostTogether) break
        const own = await pathsOf(workshop, other)
        const isMet =
          own.some((path) => paths.has(path)) &&
          (await dependsOn(workshop, other, { before: change.before, after }))
        const tree = isMet ? await stacked(workshop, after, [other]) : null
        const needed = isMet && tree === null ? await onSamePaths(workshop, beside, other) : []
        const next = tree ?? (needed.length > 0 ? await stacked(workshop, after, [...needed, other]) : null)
        if (next === null) {
          beside = [...beside, other]
          continue
        }
        together.push(...needed, other)
        beside = beside.filter((each) => !needed.includes(each))
        after = next
        for (const each of together) for (const path of await pathsOf(workshop, each)) paths.add(path)
        const commits = await candidates(together)
        const squash = (await arrivals(change.before, after, commits)).at(-1)
        if (squash === undefined) continue
        if (await takenBack({ before: change.before, after }, squash, commits)) return null
        return { cause: 'squashed', as: [squash] }
      }
      return null
    },
    reverted: async (change) => {
      const commits = (await candidates([change])).slice(-fewCommits)
      // To be taken and taken back needs two commits, of which one says so, or leaves things as they were.
      if (commits.length < 2 || !(await looksReverted(change, commits))) return null
      return (await arrivals(change.before, change.after, commits)).at(-1) ?? null
    },
  }
}

/** Every path that the change touches; of a moved file, both. */
export async function pathsOf(
  workshop: Workshop,
  change: { readonly before: Oid; readonly after: Oid },
): Promise<readonly Bytes[]> {
  return (await workshop.trees.compare(change.before, change.after)).map(({ path }) => path)
}

function textOf(diff: Diff): Bytes {
  return diff.map((file) => file.text).join('')
}

/** Merges in one go what asking for a change at many commits will need. */
async function prepareStates(
  workshop: Workshop,
  change: { readonly before: Oid; readonly after: Oid },
  commits: readonly Oid[],
): Promise<void> {
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

/** The tree with these changes on top; null where one clashes. */
async function stacked(workshop: Workshop, on: Oid, changes: readonly Change[]): Promise<Oid | null> {
  let tree: Oid | null = on
  for (const change of changes) {
    if (tree === null) return null
    tree = await workshop.merger.tryMerge(change.before, tree, change.after)
  }
  return tree
}

/** Those of the changes that touch a path that the other touches, too. */
async function onSamePaths(
  workshop: Workshop,
  changes: readonly Change[],
  other: Change,
): Promise<readonly Change[]> {
  const paths = new Set(await pathsOf(workshop, other))
  const met = await Promise.all(
    changes.map(async (each) => (await pathsOf(workshop, each)).some((path) => paths.has(path))),
  )
  return changes.filter((each, index) => met[index] && each.drop === null)
}

/** Whether a later patch needs an earlier change: without the change it no longer applies. */
async function dependsOn(
  workshop: Workshop,
  later: Change,
  change: { readonly before: Oid; readonly after: Oid },
): Promise<boolean> {
  const without = await workshop.merger.merge(change.after, later.before, change.before)
  if (without.kind === 'conflict') return true
  return (await workshop.merger.merge(later.before, without.tree, later.after)).kind === 'conflict'
}

/**
 * Whether one commit brings all that the other brings; for what only takes away, whether it takes all of that away.
 * What is replaced may differ: a squash goes from the first state to the last in one step.
 */
function isPartOf(part: Diff, whole: Diff): boolean {
  return part.every((file) => {
    const other = whole.find((each) => each.path === file.path)
    if (!other) return false
    const lines = changedLines(file.text)
    const added = lines.filter((line) => line.startsWith('+'))
    const left = [...changedLines(other.text)]
    return (added.length > 0 ? added : lines).every((line) => {
      const at = left.indexOf(line)
      if (at !== -1) left.splice(at, 1)
      return at !== -1
    })
  })
}

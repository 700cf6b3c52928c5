import type { LandedCause, Oid } from '../../domain/patch.ts'
import type { Bytes } from '../objects/bytes.ts'
import { type Change, isEmptyChange } from '../stack/change.ts'
import type { UpstreamRange } from '../stack/upstream-range.ts'
import { openArrivals, pathsOf, type TwoTrees } from './arrivals.ts'
import { changedLines, type Diff } from './differ.ts'
import { looksReverted } from './looks-reverted.ts'
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
  const arrivals = openArrivals(workshop, range)
  /** Upstream may have moved the file first: then the commit that brought the change touches another path. */
  const arrivalAnywhere = async (change: TwoTrees): Promise<Oid | null> => {
    const commits = await range.all()
    const holds = async (at: number) => arrivals.isHeld(change, await treeOf(commits[at] as Oid))
    let [low, high] = [0, commits.length - 1]
    while (low < high) {
      const middle = (low + high) >> 1
      if (await holds(middle)) high = middle
      else low = middle + 1
    }
    const [found = null] = await arrivals.among(commits.slice(low, low + 1), change)
    return found
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
      if (!(await arrivals.isHeld(change, await treeOf(onto)))) return null
      const own = await arrivals.candidates([change])
      const [first = await arrivalAnywhere(change)] = await arrivals.among(own, change)
      return first === null ? null : { cause: await causeOf(change, first), as: [first] }
    },
    behindConflict: async (change, later) => {
      const own = await arrivals.candidates([change])
      if (own.length === 0) return null
      const last = (await arrivals.among(own, change)).at(-1)
      if (last !== undefined) {
        if (await arrivals.takenBack(change, last, own)) return null
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
        const commits = await arrivals.candidates(together)
        const all = { before: change.before, after }
        const squash = (await arrivals.among(commits, all)).at(-1)
        if (squash === undefined) continue
        if (await arrivals.takenBack(all, squash, commits)) return null
        return { cause: 'squashed', as: [squash] }
      }
      return null
    },
    reverted: async (change) => {
      const commits = (await arrivals.candidates([change])).slice(-fewCommits)
      // To be taken and taken back needs two commits.
      if (commits.length < 2) return null
      if (!(await looksReverted(workshop, change, { commits, target: await treeOf(onto) }))) return null
      return (await arrivals.among(commits, change)).at(-1) ?? null
    },
  }
}

function textOf(diff: Diff): Bytes {
  return diff.map((file) => file.text).join('')
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

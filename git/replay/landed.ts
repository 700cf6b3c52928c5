import type { LandedCause, Oid } from '../../domain/patch.ts'
import type { Bytes } from '../objects/bytes.ts'
import { bringersOf, proveLanding } from '../proof/landing.ts'
import { standsAlready } from '../proof/stands-already.ts'
import { type Change, isEmptyChange } from '../stack/change.ts'
import type { UpstreamRange } from '../stack/upstream-range.ts'
import { openArrivals, pathsOf, type TwoTrees } from './arrivals.ts'
import { changedLines, type Diff } from './differ.ts'
import { piecesOf } from './landed-in-pieces.ts'
import { squashOf } from './landed-together.ts'
import { looksReverted } from './looks-reverted.ts'
import type { Workshop } from './workshop.ts'

/** Upstream has the patch: by which commits, and in what shape. */
export interface Landing {
  /** `exact`: the same diff; `squashed`: a part of one upstream commit; `contained`: put together from several. */
  readonly cause: LandedCause
  readonly as: readonly Oid[]
  /** Later upstream commits that moved or replaced lines of it. */
  readonly since: readonly Oid[]
}

/** Finds out whether upstream has a patch. Invariant: every landing is proved line by line; all else only suggests it. */
export interface Landings {
  /** Looked for before anything is merged: the very patch, or one whose lines all stand in the target already. */
  beforeMerge(change: Change, later: readonly Change[]): Promise<Landing | null>
  /** The landing of a patch that leaves nothing on the target; null when upstream alone does not have it. */
  ofEmptied(change: Change): Promise<Landing | null>
  /** The landing of a patch that conflicts because upstream went on from it; null when there is none. */
  behindConflict(change: Change, later: readonly Change[]): Promise<Landing | null>
  /** The upstream commit that held the patch and was taken back again; null when there is none. */
  reverted(change: Change): Promise<Oid | null>
}

/** Where a patch applies and nobody is asked, less is looked at. */
const fewCommits = 40

/** Looks for landings in the range between base and target. */
export function openLandings(
  workshop: Workshop,
  range: UpstreamRange,
  { base, onto }: { readonly base: Oid; readonly onto: Oid },
): Landings {
  const { objects } = workshop.quarantine
  const treeOf = async (commit: Oid): Promise<Oid> => (await objects.commit(commit)).tree
  const parentTreeOf = async (commit: Oid): Promise<Oid | null> => {
    const [parent] = (await objects.commit(commit)).parents
    return parent === undefined ? null : treeOf(parent)
  }
  const arrivals = openArrivals(workshop, range)
  const hasSameDiff = async (change: TwoTrees, commit: Oid): Promise<boolean> => {
    const before = await parentTreeOf(commit)
    if (before === null) return false
    const mine = await workshop.plain.diff(change.before, change.after)
    return textOf(mine) === textOf(await workshop.plain.diff(before, await treeOf(commit)))
  }
  const causeOf = async (change: Change, commit: Oid): Promise<LandedCause> => {
    const before = await parentTreeOf(commit)
    if (before === null) return 'contained'
    if (await hasSameDiff(change, commit)) return 'exact'
    const mine = await workshop.plain.diff(change.before, change.after)
    return isPartOf(mine, await workshop.plain.diff(before, await treeOf(commit))) ? 'squashed' : 'contained'
  }
  const prove = async (change: TwoTrees, as: readonly Oid[]) => {
    const isTwin = as.length === 1 && (await hasSameDiff(change, as[0] ?? ''))
    return proveLanding(workshop, { change, as, isTwin, base, onto }, range)
  }
  const proved = async (
    change: Change,
    as: readonly Oid[],
    whole: TwoTrees = change,
  ): Promise<Landing | null> => {
    const [first] = as
    if (first === undefined) return null
    const proof = await prove(whole, as)
    if (proof.kind !== 'proved') return null
    const alone = whole === change ? await causeOf(change, first) : 'squashed'
    const cause = as.length === 1 ? alone : 'contained'
    return { cause, as, since: proof.since }
  }
  /** The newest upstream commit with the very diff of the patch. */
  const twinOf = async (change: Change): Promise<Oid | null> => {
    const twins = await range.touchingJust(await pathsOf(workshop, change))
    for (const commit of twins.slice(-mostTwins).toReversed()) {
      if (await hasSameDiff(change, commit)) return commit
    }
    return null
  }
  const brought = async (change: Change) => proved(change, await bringersOf(workshop, change, range))
  const whole = async (change: Change, later: readonly Change[]): Promise<Landing | null> => {
    const own = await arrivals.candidates([change])
    if (own.length === 0) return null
    const [last] = (await arrivals.among(own, change)).slice(-1)
    if (last !== undefined) return (await proved(change, [last])) ?? brought(change)
    const squash = await squashOf({ workshop, arrivals }, change, later)
    if (squash === 'taken-back') return null
    if (squash !== null) return proved(change, [squash.as], squash.whole)
    const pieces = await piecesOf({ workshop, arrivals, range }, change, await treeOf(onto))
    return pieces === null ? null : proved(change, pieces)
  }

  return {
    beforeMerge: async (change, later) => {
      if (change.before === change.after) return null
      const twin = await twinOf(change)
      if (twin !== null) return proved(change, [twin])
      if (!(await standsAlready(workshop, change, { base, onto }))) return null
      return whole(change, later)
    },
    ofEmptied: async (change) => {
      if (isEmptyChange(change)) return null
      if (!(await arrivals.isHeld(change, await treeOf(onto)))) return null
      const own = await arrivals.candidates([change])
      const [first = await arrivals.anywhere(change)] = await arrivals.among(own, change)
      return (first === null ? null : await proved(change, [first])) ?? brought(change)
    },
    behindConflict: whole,
    reverted: async (change) => {
      const commits = (await arrivals.candidates([change])).slice(-fewCommits)
      // To be taken and taken back needs two commits.
      if (commits.length < 2) return null
      if (!(await looksReverted(workshop, change, { commits, target: await treeOf(onto) }))) return null
      const last = (await arrivals.among(commits, change)).at(-1)
      if (last === undefined) return null
      return (await prove(change, [last])).kind === 'taken-back' ? last : null
    },
  }
}

/** More upstream commits with just a patch's paths are not compared with it. */
const mostTwins = 100

function textOf(diff: Diff): Bytes {
  return diff.map((file) => file.text).join('')
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

import type { LandedCause, Oid } from '../../domain/patch.ts'
import type { Bytes } from '../objects/bytes.ts'
import { type Change, isEmptyChange } from '../stack/change.ts'
import type { UpstreamRange } from '../stack/upstream-range.ts'
import { openArrivals } from './arrivals.ts'
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

/** Looks for landings in the range between base and target. */
export function openLandings(workshop: Workshop, range: UpstreamRange, onto: Oid): Landings {
  const { objects } = workshop.quarantine
  const treeOf = async (commit: Oid): Promise<Oid> => (await objects.commit(commit)).tree
  const parentTreeOf = async (commit: Oid): Promise<Oid | null> => {
    const [parent] = (await objects.commit(commit)).parents
    return parent === undefined ? null : treeOf(parent)
  }
  const arrivals = openArrivals(workshop, range)
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
      const [first = await arrivals.anywhere(change)] = await arrivals.among(own, change)
      return first === null ? null : { cause: await causeOf(change, first), as: [first] }
    },
    behindConflict: async (change, later) => {
      const own = await arrivals.candidates([change])
      if (own.length === 0) return null
      const whole = await arrivals.ofWhole(own, change)
      if (whole === 'taken-back') return null
      if (whole !== null) return { cause: await causeOf(change, whole), as: [whole] }
      const squash = await squashOf({ workshop, arrivals }, change, later)
      if (squash === 'taken-back') return null
      if (squash !== null) return { cause: 'squashed', as: [squash] }
      const pieces = await piecesOf({ workshop, arrivals, range }, change, await treeOf(onto))
      return pieces === null ? null : { cause: 'contained', as: pieces }
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

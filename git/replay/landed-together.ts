import type { Oid } from '../../domain/patch.ts'
import type { Change } from '../stack/change.ts'
import { type Arrivals, pathsOf, type TwoTrees } from './arrivals.ts'
import { type BlobMerge, contentsOf } from './merge-blobs.ts'
import type { Workshop } from './workshop.ts'

/** How many later patches are tried together with one that landed as part of a squash. */
const mostTogether = 12

/** For how many patches at a time it is foreseen whether they need an earlier one. */
const window = 32

/** An upstream commit that brought several patches at once. */
export interface Squash {
  readonly as: Oid
  /** What they come to together. */
  readonly whole: TwoTrees
}

/** The upstream commit that brought a patch together with later ones of the stack, which build on it. */
export async function squashOf(
  { workshop, arrivals }: { readonly workshop: Workshop; readonly arrivals: Arrivals },
  change: Change,
  later: readonly Change[],
): Promise<Squash | 'taken-back' | null> {
  const paths = new Set(await pathsOf(workshop, change))
  const together: Change[] = [change]
  /** Patches on the way that the change has nothing to do with, until a later one needs both. */
  let beside: readonly Change[] = []
  let after = change.after
  let foreseen = 0
  for (const [index, other] of later.entries()) {
    if (together.length >= mostTogether) break
    if (index >= foreseen) {
      const next = later.slice(index, index + window)
      await foreseeNeeds(workshop, next, { before: change.before, after })
      foreseen = index + next.length
    }
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
    // What comes next is asked of another whole.
    foreseen = index + 1
    together.push(...needed, other)
    beside = beside.filter((each) => !needed.includes(each))
    after = next
    for (const each of together) for (const path of await pathsOf(workshop, each)) paths.add(path)
    const commits = await arrivals.candidates(together)
    const squash = await arrivals.ofWhole(commits, { before: change.before, after })
    if (squash === 'taken-back') return squash
    if (squash !== null) return { as: squash, whole: { before: change.before, after } }
  }
  return null
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

/** Merges in two goes what asking each of the patches whether it needs the change will merge one by one. */
async function foreseeNeeds(
  { trees, merger }: Workshop,
  later: readonly Change[],
  change: TwoTrees,
): Promise<void> {
  const own = await trees.compare(change.before, change.after)
  const meetings = await Promise.all(
    later.map(async (other) => {
      const edits = new Map((await trees.compare(other.before, other.after)).map((edit) => [edit.path, edit]))
      if (!own.some(({ path }) => edits.has(path))) return []
      return Promise.all(
        own.map(async ({ path, before, after }) => {
          const there = await trees.lookUp(other.before, path)
          return { without: contentsOf(after, there, before), edit: edits.get(path) }
        }),
      )
    }),
  )
  await merger.prepare(meetings.flat().flatMap(({ without }) => without ?? []))
  const again = meetings.flat().flatMap(({ without, edit }): readonly BlobMerge[] => {
    const oid = without === null ? null : merger.prepared(without)
    if (oid === null || !edit?.before || !edit.after) return []
    const wanted = contentsOf(edit.before, { ...edit.before, oid }, edit.after)
    return wanted === null ? [] : [wanted]
  })
  await merger.prepare(again)
}

/** Whether a later patch needs an earlier change: without the change it no longer applies. */
async function dependsOn(
  workshop: Workshop,
  later: Change,
  change: { readonly before: Oid; readonly after: Oid },
): Promise<boolean> {
  const without = await workshop.merger.tryMerge(change.after, later.before, change.before)
  return without === null || (await workshop.merger.tryMerge(later.before, without, later.after)) === null
}

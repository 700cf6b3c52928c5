import type { Oid } from '../../domain/patch.ts'
import { netLines } from '../proof/net-lines.ts'
import type { Change } from '../stack/change.ts'
import type { TwoTrees } from './arrivals.ts'
import type { Diff } from './differ.ts'
import { type Comparison, compareDiffs, sameDiff } from './verdicts.ts'
import type { Workshop } from './workshop.ts'

/**
 * The trees that show what a patch did in the fork: its commit's own, whatever linearising made of them; where commits
 * were folded together, those of the whole.
 */
export function ownTrees(change: Change): TwoTrees {
  return change.folded.length > 0 ? change : change.own
}

/**
 * Compares what a patch does now with what its commit did, generated files aside. Invariant: it is held against the
 * commit itself, so that a change that linearising moved from one patch to another is not called the same.
 */
export async function compareWithOwn(
  workshop: Workshop,
  change: Change,
  made: { readonly before: Oid; readonly after: Oid },
): Promise<Comparison> {
  const own = ownTrees(change)
  if (change.folded.length > 0 && !(await addsUp(workshop, change, made))) {
    return { verdict: 'merged', reason: 'Differs from the commits that were folded together.' }
  }
  if (await isSameChange(workshop, own, made)) return sameDiff
  const isGenerated = new Set(change.generated.map(({ path }) => path))
  const without = (diff: Diff) => diff.filter(({ path }) => !isGenerated.has(path))
  const [old, now] = await Promise.all([
    workshop.shown.diff(own.before, own.after),
    workshop.shown.diff(made.before, made.after),
  ])
  return compareDiffs(without(old), without(now))
}

/** Whether the very same contents changed into the very same contents: then there is no diff to compare. */
export async function isSameChange({ trees }: Workshop, one: TwoTrees, other: TwoTrees): Promise<boolean> {
  const [old, now] = await Promise.all([one, other].map(({ before, after }) => trees.compare(before, after)))
  return JSON.stringify(old) === JSON.stringify(now)
}

/** Whether what was folded together still adds and removes, line by line, what its commits did one by one. */
async function addsUp(workshop: Workshop, change: Change, made: TwoTrees): Promise<boolean> {
  const { objects } = workshop.quarantine
  const isGenerated = new Set(change.generated.map(({ path }) => path))
  const net = async (before: Oid, after: Oid) =>
    netLines((await workshop.plain.diff(before, after)).filter(({ path }) => !isGenerated.has(path)))
  const sum = new Map(await net(made.before, made.after))
  for (const oid of [change.patch.oid, ...change.folded]) {
    const { tree, parents } = await objects.commit(oid)
    const [parent] = parents
    if (parent === undefined || parents.length > 1) return true
    for (const [line, count] of await net((await objects.commit(parent)).tree, tree)) {
      sum.set(line, (sum.get(line) ?? 0) - count)
    }
  }
  return [...sum.values()].every((count) => count === 0)
}

import type { Oid } from '../../domain/patch.ts'
import { type Bytes, toBytes } from '../objects/bytes.ts'
import type { Workshop } from '../replay/workshop.ts'
import { addLines, isText } from './line-counts.ts'
import { netLines } from './net-lines.ts'

/**
 * Whether what the target has of a change also stands in the tree that a replay has reached: a patch before it that was
 * carried may have done the opposite, and then the change has to be made again, whatever upstream has.
 */
export async function holdsToo(
  workshop: Workshop,
  change: { readonly before: Oid; readonly after: Oid },
  trees: { readonly target: Oid; readonly made: Oid },
): Promise<boolean> {
  const { target, made } = trees
  if (target === made) return true
  const own = await workshop.plain.diff(change.before, change.after)
  const paths = [...new Set(own.flatMap(({ path, oldPath }) => [path, oldPath]))]
  const [there, now] = await Promise.all([target, made].map((tree) => linesOf(workshop, tree, paths)))
  return [...netLines(own)].every(([line, count]) => {
    const [has, hasNow] = [there?.get(line) ?? 0, now?.get(line) ?? 0]
    return count > 0 ? hasNow >= Math.min(count, has) : hasNow <= has
  })
}

/** Counts the lines of some files of a tree together. */
export async function linesOf(
  { trees, quarantine }: Workshop,
  tree: Oid,
  paths: readonly Bytes[],
): Promise<ReadonlyMap<Bytes, number>> {
  const counts = new Map<Bytes, number>()
  for (const path of paths) {
    const entry = await trees.lookUp(tree, path)
    if (entry === null || entry.mode === '160000') continue
    const text = toBytes((await quarantine.objects.read(entry.oid)).body)
    if (isText(text)) addLines(counts, text)
  }
  return counts
}

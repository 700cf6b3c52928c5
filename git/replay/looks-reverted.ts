import type { Oid } from '../../domain/patch.ts'
import { toBytes } from '../objects/bytes.ts'
import type { TwoTrees } from './arrivals.ts'
import { changedLines, type FileChange } from './differ.ts'
import type { Workshop } from './workshop.ts'

/** More files than these say little each, and take long to read at many commits. */
const mostFiles = 12

/**
 * Whether upstream may have had a change that the target lacks: a commit says so, all stands as it did before, or the
 * change's lines were there once. It asks for no merge, and only hints: proved is it by where the change was held.
 */
export async function looksReverted(
  workshop: Workshop,
  change: TwoTrees,
  { commits, target }: { readonly commits: readonly Oid[]; readonly target: Oid },
): Promise<boolean> {
  const { trees, quarantine, shown } = workshop
  const read = await Promise.all(commits.map((commit) => quarantine.objects.commit(commit)))
  if (read.some((commit) => /\brevert|\bback(?:ed)? out\b/i.test(commit.message))) return true
  const changes = await trees.compare(change.before, change.after)
  const now = await Promise.all(changes.map(({ path }) => trees.lookUp(target, path)))
  if (changes.every(({ before }, index) => before?.oid === now[index]?.oid)) return true
  if (changes.length > mostFiles) return false
  const files = await shown.diff(change.before, change.after)
  for (const { tree } of read) {
    let hadAll = files.length > 0
    for (const file of files) hadAll &&= await hadLines(workshop, file, { tree, target })
    if (hadAll) return true
  }
  return false
}

/** Whether a file had at some time all that the change adds to it; of one that only takes away, whether it had less. */
async function hadLines(
  { trees, quarantine }: Workshop,
  { path, oldPath, text }: FileChange,
  at: { readonly tree: Oid; readonly target: Oid },
): Promise<boolean> {
  const linesOf = async (tree: Oid): Promise<readonly string[] | null> => {
    const entry = (await trees.lookUp(tree, path)) ?? (await trees.lookUp(tree, oldPath))
    if (entry === null || entry.mode === '160000') return null
    return toBytes((await quarantine.objects.read(entry.oid)).body).split('\n')
  }
  const lines = changedLines(text)
  const added = lines.filter((line) => line.startsWith('+')).map((line) => line.slice(1))
  const then = await linesOf(at.tree)
  if (added.length > 0) {
    const had = new Set(then)
    return added.every((line) => had.has(line))
  }
  const removed = new Set(lines.filter((line) => line.startsWith('-')).map((line) => line.slice(1)))
  const count = (list: readonly string[] | null) => list?.filter((line) => removed.has(line)).length ?? 0
  // What has no lines, such as a mode, is not told by them.
  return removed.size > 0 && count(then) < count(await linesOf(at.target))
}

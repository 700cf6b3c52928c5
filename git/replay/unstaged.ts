import type { Bytes } from '../objects/bytes.ts'
import type { TreeReader } from '../objects/tree-reader.ts'
import type { Merge, MergeConflict } from './merge-tree.ts'
import type { MergeSides } from './merge-whole.ts'

/**
 * Names the files of a conflict that Git reports without stages: those that one side added to a folder which the other
 * side took apart, or where something is in the way of the folder's move. A conflict that names no file could be
 * neither shown nor settled.
 */
export async function withUnstaged(trees: TreeReader, sides: MergeSides, merge: Merge): Promise<Merge> {
  if (merge.kind === 'clean' || merge.unstaged === undefined) return merge
  const lists = await Promise.all(merge.unstaged.map((path) => filesAt(trees, sides, path)))
  const known = new Set(merge.conflicts.map(({ path }) => path))
  const conflicts: MergeConflict[] = [...merge.conflicts]
  for (const path of [...new Set(lists.flat())].sort()) {
    if (known.has(path) || (await trees.lookUp(merge.tree, path)) === null) continue
    const [base, ours, theirs] = await Promise.all(
      [sides.base, sides.ours, sides.theirs].map((tree) => trees.lookUp(tree, path)),
    )
    conflicts.push({
      path,
      kind: 'rename/add',
      base: base ?? null,
      ours: ours ?? null,
      theirs: theirs ?? null,
    })
  }
  return { kind: 'conflict', tree: merge.tree, conflicts }
}

/** The file that stands there on a side, or what a side added to the folder of that name. */
async function filesAt(trees: TreeReader, sides: MergeSides, path: Bytes): Promise<readonly Bytes[]> {
  const found = await Promise.all(
    [sides.ours, sides.theirs].map(async (tree) => {
      if ((await trees.lookUp(tree, path)) !== null) return [path]
      const changes = await trees.compare(sides.base, tree)
      return changes
        .filter((change) => change.before === null && change.path.startsWith(`${path}/`))
        .map((change) => change.path)
    }),
  )
  return found.flat()
}

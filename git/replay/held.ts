import type { Oid } from '../../domain/patch.ts'
import type { Bytes } from '../objects/bytes.ts'
import type { Entry } from '../objects/tree.ts'
import type { TreeReader } from '../objects/tree-reader.ts'
import { contentsOf } from './merge-blobs.ts'
import type { Merger } from './merger.ts'

/** A change as its two trees. */
interface TwoTrees {
  readonly before: Oid
  readonly after: Oid
}

/**
 * Whether a tree may hold a change; false only where merging the change there certainly does something, or clashes. It
 * asks for no merge, and spares nearly all of those that a search through a history would make.
 */
export async function mayHold(trees: TreeReader, change: TwoTrees, tree: Oid): Promise<boolean> {
  let missing = 0
  for (const { path, before, after } of await trees.compare(change.before, change.after)) {
    const now = await trees.lookUp(tree, path)
    // What stands as it did before the change is no half of a move, and becomes what the change makes of it.
    if (before !== null && isSame(before, now)) return false
    if (before === null && after !== null && now === null && (await keepsFolder(trees, tree, path)))
      return false
    if (after !== null && now === null) missing += 1
  }
  // What is not in its place has been moved to a file of its own that was not there before, or clashes.
  return missing === 0 || missing <= (await trees.countAdded(change.before, tree))
}

/**
 * Whether a file that all three sides have merges to something else: then the change is not held, wherever others moved.
 * Invariant: every such file was given to the merger before.
 */
export async function meetsOtherwise(
  { trees, merger }: { readonly trees: TreeReader; readonly merger: Merger },
  change: TwoTrees,
  tree: Oid,
): Promise<boolean> {
  for (const { path, before, after } of await trees.compare(change.before, change.after)) {
    const ours = await trees.lookUp(tree, path)
    const contents = contentsOf(before, ours, after)
    // None was made of what clashes.
    if (contents !== null && ours !== null && merger.prepared(contents) !== ours.oid) return true
  }
  return false
}

/** Where a folder is gone it may have been renamed, and a new file in it belongs elsewhere. */
function keepsFolder(trees: TreeReader, tree: Oid, path: Bytes): Promise<boolean> {
  const slash = path.lastIndexOf('/')
  return slash > 0 ? trees.hasFolder(tree, path.slice(0, slash)) : Promise.resolve(false)
}

function isSame(one: Entry, other: Entry): boolean {
  return one?.oid === other?.oid && one?.mode === other?.mode
}

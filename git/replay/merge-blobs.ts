import type { Oid } from '../../domain/patch.ts'
import type { TreeReader } from '../objects/tree-reader.ts'
import type { Merge } from './merge-tree.ts'
import type { WholeMerger } from './merge-whole.ts'

/** The three contents of one file that both sides have. */
export interface BlobMerge {
  readonly base: Oid
  readonly ours: Oid
  readonly theirs: Oid
}

/** Merges contents as `git merge-tree` does, each in a tree of that one file. */
export interface BlobMerges {
  /** The merged content; null where it clashes. */
  merge(merge: BlobMerge): Promise<Oid | null>
  prepare(merges: readonly BlobMerge[]): Promise<void>
  prepared(merge: BlobMerge): Oid | null
}

const name = 'file'

/** Opens merges of contents on top of a merger of trees. */
export function openBlobMerges(trees: TreeReader, whole: WholeMerger): BlobMerges {
  const known = new Map<string, Oid | null>()
  const keyOf = ({ base, ours, theirs }: BlobMerge) => `${base} ${ours} ${theirs}`
  const treeWith = (oid: Oid): Oid => trees.write(new Map([[name, { mode: '100644', oid }]]))
  const sides = ({ base, ours, theirs }: BlobMerge) => ({
    base: treeWith(base),
    ours: treeWith(ours),
    theirs: treeWith(theirs),
  })
  const keep = async (blobs: BlobMerge, merge: Merge): Promise<Oid | null> => {
    const oid = merge.kind === 'clean' ? ((await trees.lookUp(merge.tree, name))?.oid ?? null) : null
    known.set(keyOf(blobs), oid)
    return oid
  }
  return {
    merge: async (blobs) => {
      const found = known.get(keyOf(blobs))
      if (found !== undefined) return found
      const { base, ours, theirs } = sides(blobs)
      return keep(blobs, await whole.merge(base, ours, theirs))
    },
    prepare: async (list) => {
      const fresh = list.filter((blobs) => !known.has(keyOf(blobs)))
      const wanted = [...new Map(fresh.map((blobs) => [keyOf(blobs), blobs])).values()]
      const merges = await whole.mergeAll(wanted.map(sides))
      await Promise.all(merges.map((merge, index) => keep(wanted[index] as BlobMerge, merge)))
    },
    prepared: (blobs) => known.get(keyOf(blobs)) ?? null,
  }
}

import type { Oid } from '../../domain/patch.ts'
import type { Entry } from '../objects/tree.ts'
import type { TreeReader } from '../objects/tree-reader.ts'
import { flatPrefix } from './attribute-lines.ts'
import type { WholeMerger } from './merge-whole.ts'

/** The three contents of one file that both sides have. */
export interface BlobMerge {
  readonly base: Oid
  readonly ours: Oid
  readonly theirs: Oid
}

/**
 * The contents that have to be merged where three entries meet; null where the names of the contents say enough, and
 * where one of them is no regular file: a submodule's commit is not even an object of this repository.
 */
export function contentsOf(before: Entry, ours: Entry, after: Entry): BlobMerge | null {
  if (!before || !ours || !after || ![before, ours, after].every(isFile)) return null
  if (ours.oid === before.oid || ours.oid === after.oid || before.oid === after.oid) return null
  return { base: before.oid, ours: ours.oid, theirs: after.oid }
}

export function isFile(entry: Entry): boolean {
  return entry?.mode === '100644' || entry?.mode === '100755'
}

/** Merges contents as `git merge-tree` does, in trees of nothing else. */
export interface BlobMerges {
  /** The merged content; null where it clashes. */
  merge(merge: BlobMerge): Promise<Oid | null>
  /** Merges many contents in one tree of many files: the cost of one merge, on every Git. */
  prepare(merges: readonly BlobMerge[]): Promise<void>
  prepared(merge: BlobMerge): Oid | null
}

const name = `${flatPrefix}file`

const nameOf = (index: number): string => `${flatPrefix}${index}`

/** Opens merges of contents on top of a merger of trees. */
export function openBlobMerges(
  trees: TreeReader,
  whole: WholeMerger,
  weigh: (merge: BlobMerge) => Promise<void>,
): BlobMerges {
  const known = new Map<string, Oid | null>()
  const keyOf = ({ base, ours, theirs }: BlobMerge) => `${base} ${ours} ${theirs}`
  const treeWith = (oid: Oid): Oid => trees.write(new Map([[name, { mode: '100644', oid }]]))
  return {
    merge: async (blobs) => {
      const found = known.get(keyOf(blobs))
      if (found !== undefined) return found
      await weigh(blobs)
      const { base, ours, theirs } = blobs
      const trio = { base: treeWith(base), ours: treeWith(ours), theirs: treeWith(theirs) }
      const merge = await whole.mergeFlat(trio, [...Object.values(trio), base, ours, theirs])
      const oid = merge.kind === 'clean' ? ((await trees.lookUp(merge.tree, name))?.oid ?? null) : null
      known.set(keyOf(blobs), oid)
      return oid
    },
    prepare: async (list) => {
      const fresh = list.filter((blobs) => !known.has(keyOf(blobs)))
      const wanted = [...new Map(fresh.map((blobs) => [keyOf(blobs), blobs])).values()]
      if (wanted.length === 0) return
      for (const blobs of wanted) await weigh(blobs)
      // Every side has every file, so nothing moved, and each content is merged as if it were alone.
      const bundle = (side: keyof BlobMerge) =>
        trees.write(
          new Map(wanted.map((blobs, index) => [nameOf(index), { mode: '100644', oid: blobs[side] }])),
        )
      const trio = { base: bundle('base'), ours: bundle('ours'), theirs: bundle('theirs') }
      const contents = wanted.flatMap(({ base, ours, theirs }) => [base, ours, theirs])
      const merge = await whole.mergeFlat(trio, [...Object.values(trio), ...contents])
      const clashes = new Set(merge.kind === 'conflict' ? merge.conflicts.map(({ path }) => path) : [])
      for (const [index, blobs] of wanted.entries()) {
        const merged = clashes.has(nameOf(index)) ? null : await trees.lookUp(merge.tree, nameOf(index))
        known.set(keyOf(blobs), merged?.oid ?? null)
      }
    },
    prepared: (blobs) => known.get(keyOf(blobs)) ?? null,
  }
}

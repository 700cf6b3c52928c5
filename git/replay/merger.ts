import type { Oid } from '../../domain/patch.ts'
import type { Bytes } from '../objects/bytes.ts'
import type { Quarantine } from '../objects/quarantine.ts'
import type { Entry, TreeEntry } from '../objects/tree.ts'
import { openTrees, type PathChange, type TreeReader } from '../objects/tree-reader.ts'
import { type MergeAttributes, noAttributes } from './merge-attributes.ts'
import { type BlobMerge, type BlobMerges, contentsOf, isFile, openBlobMerges } from './merge-blobs.ts'
import type { Merge } from './merge-tree.ts'
import { openWeighing } from './merge-weight.ts'
import { type MergePath, openWholeMerger } from './merge-whole.ts'

/** Merges three trees in memory. Every path of execution gives the same trees. */
export interface Merger {
  merge(base: Oid, ours: Oid, theirs: Oid): Promise<Merge>
  /** The merged tree, or null where it clashes; cheaper where nobody asks how. */
  tryMerge(base: Oid, ours: Oid, theirs: Oid): Promise<Oid | null>
  /** Merges the contents of many files at once, so that the merges that need them find them done. */
  prepare(merges: readonly BlobMerge[]): Promise<void>
  /** The content of a file that was merged already; null for one that was not or that clashes. */
  prepared(merge: BlobMerge): Oid | null
  /** Merges single files that all three sides have, path by path; nothing else of their trees is looked at. */
  mergeFiles(files: readonly FileMerge[]): Promise<readonly FileResult[]>
  close(): Promise<void>
}

/** One file where three trees meet. */
export interface FileMerge {
  readonly path: Bytes
  readonly before: TreeEntry
  readonly ours: TreeEntry
  readonly after: TreeEntry
}

/** What stands there after the merge; `undecided` where Git merges the path in a way of its own. */
export type FileResult = TreeEntry | 'clash' | 'undecided'

/**
 * The merger that is best for this Git, or the one that is asked for. Most patches change files that both sides have,
 * and for those no rename or folder can matter: they are merged file by file and spliced in. Everything else, and
 * everything that clashes, is `git merge-tree`'s.
 */
export async function openMerger(
  quarantine: Quarantine,
  options: {
    readonly trees?: TreeReader
    readonly path?: MergePath | undefined
    readonly attributes?: MergeAttributes
  } = {},
): Promise<Merger> {
  const trees = options.trees ?? openTrees(quarantine.objects, quarantine.format)
  const { path, attributes = noAttributes } = options
  const whole = await openWholeMerger(quarantine, { path, attributes })
  const weigh = openWeighing(quarantine, trees)
  const blobs = openBlobMerges(trees, whole, weigh.blobs)
  const known = new Map<string, Promise<Merge>>()
  const byFile = async (sides: Sides): Promise<Oid | 'clash' | 'undecided'> =>
    path === 'whole' ? 'undecided' : mergeByFile({ trees, blobs, attributes }, sides)
  const merge = async (sides: Sides): Promise<Merge> => {
    const tree = await byFile(sides)
    const isKnown = tree !== 'clash' && tree !== 'undecided'
    if (isKnown) return { kind: 'clean', tree }
    await weigh.sides(sides)
    return whole.merge(sides.base, sides.ours, sides.theirs)
  }
  const mergeOnce = (sides: Sides): Promise<Merge> => {
    const { base, ours, theirs } = sides
    if (base === theirs || ours === theirs) return Promise.resolve({ kind: 'clean', tree: ours })
    if (base === ours) return Promise.resolve({ kind: 'clean', tree: theirs })
    const key = `${base} ${ours} ${theirs}`
    const found = known.get(key) ?? merge(sides)
    known.set(key, found)
    return found
  }
  return {
    merge: (base, ours, theirs) => mergeOnce({ base, ours, theirs }),
    tryMerge: async (base, ours, theirs) => {
      const sides = { base, ours, theirs }
      if (base !== ours && (await byFile(sides)) === 'clash') return null
      const merged = await mergeOnce(sides)
      return merged.kind === 'clean' ? merged.tree : null
    },
    prepare: blobs.prepare,
    prepared: blobs.prepared,
    mergeFiles: async (files) => {
      const tools = { trees, blobs, attributes }
      const there = files.map(({ ours }) => ours)
      await mergeTogether(tools, files, there)
      return Promise.all(
        files.map(({ path: name, before, after, ours }) =>
          mergeFile(tools, { path: name, before, after, ours }),
        ),
      )
    },
    close: whole.close,
  }
}

export interface Sides {
  readonly base: Oid
  readonly ours: Oid
  readonly theirs: Oid
}

interface Tools {
  readonly trees: TreeReader
  readonly blobs: BlobMerges
  readonly attributes: MergeAttributes
}

/** The merged tree, by files alone; `clash` where a content clashes, `undecided` where more than files matters. */
async function mergeByFile(tools: Tools, sides: Sides): Promise<Oid | 'clash' | 'undecided'> {
  const { trees } = tools
  const changes = await trees.compare(sides.base, sides.theirs)
  if (!(await isByFile(trees, sides, changes))) return 'undecided'
  const there = await Promise.all(changes.map(({ path }) => trees.lookUp(sides.ours, path)))
  // What upstream removed or moved is not told by files, whatever the others come to.
  if (changes.some(({ before }, index) => before !== null && there[index] === null)) return 'undecided'
  await mergeTogether(tools, changes, there)
  const edits: PathChange[] = []
  let clashes = false
  for (const [index, change] of changes.entries()) {
    const ours = there[index] ?? null
    const merged = await mergeEntry(tools, { change, ours, tree: sides.ours })
    if (merged === 'undecided') return 'undecided'
    if (merged === 'clash') clashes = true
    else if (merged?.oid !== ours?.oid || merged?.mode !== ours?.mode) {
      edits.push({ path: change.path, before: ours, after: merged })
    }
  }
  if (clashes) return 'clash'
  return trees.apply(sides.ours, edits)
}

/** Merges the contents of a change's files in one go; each by itself would be a process on an older Git. */
async function mergeTogether(
  { blobs, attributes }: Tools,
  changes: readonly PathChange[],
  there: readonly Entry[],
): Promise<void> {
  const wanted: BlobMerge[] = []
  for (const [index, { path, before, after }] of changes.entries()) {
    const contents = contentsOf(before, there[index] ?? null, after)
    if (contents !== null && (await attributes.isPlain(path))) wanted.push(contents)
  }
  if (wanted.length > 1) await blobs.prepare(wanted)
}

/**
 * Files that go and files that come may be one file that moved, and a moved file may take its folder along. That is all
 * the same where what goes is untouched on our side and leaves its folder standing: moved or not, it comes to the same.
 */
async function isByFile(trees: TreeReader, sides: Sides, changes: readonly PathChange[]): Promise<boolean> {
  const going = changes.filter((change) => change.after === null)
  if (going.length === 0 || !changes.some((change) => change.before === null)) return true
  for (const { path, before } of going) {
    const slash = path.lastIndexOf('/')
    if (slash <= 0 || !(await trees.hasFolder(sides.theirs, path.slice(0, slash)))) return false
    const ours = await trees.lookUp(sides.ours, path)
    if (ours?.oid !== before?.oid || ours?.mode !== before?.mode) return false
  }
  return true
}

async function mergeEntry(
  { trees, blobs, attributes }: Tools,
  at: { readonly change: PathChange; readonly ours: Entry; readonly tree: Oid },
): Promise<Entry | 'clash' | 'undecided'> {
  const { path, before, after } = at.change
  const { ours } = at
  if (before === null) {
    // Where the folder is gone, it may have been renamed, and the new file belongs into the new one.
    const slash = path.lastIndexOf('/')
    const isSafe = ours === null && slash > 0 && (await trees.hasFolder(at.tree, path.slice(0, slash)))
    return isSafe && !(await trees.hasFolder(at.tree, path)) ? after : 'undecided'
  }
  if (ours === null) return 'undecided'
  if (ours.oid === before.oid && ours.mode === before.mode) return after
  return after === null ? 'undecided' : mergeFile({ trees, blobs, attributes }, { path, before, ours, after })
}

async function mergeFile(
  { blobs, attributes }: Tools,
  { path, before, ours, after }: FileMerge,
): Promise<FileResult> {
  if (![before, ours, after].every(isFile)) return 'undecided'
  const mode = threeWay(before.mode, ours.mode, after.mode)
  if (mode === null) return 'undecided'
  const same = threeWay(before.oid, ours.oid, after.oid)
  // Only by its path does git know that it is merged in another way.
  if (same === null && !(await attributes.isPlain(path))) return 'undecided'
  const oid = same ?? (await blobs.merge({ base: before.oid, ours: ours.oid, theirs: after.oid }))
  return oid === null ? 'clash' : { mode, oid }
}

/** The value that one side changed, or both in the same way; null where both changed it differently. */
function threeWay(base: string, ours: string, theirs: string): string | null {
  if (base === theirs || ours === theirs) return ours
  return base === ours ? theirs : null
}

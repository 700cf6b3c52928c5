import type { Oid } from '../../domain/patch.ts'
import { boundedCache } from '../objects/bounded-cache.ts'
import type { Bytes } from '../objects/bytes.ts'
import type { TreeEntry } from '../objects/tree.ts'
import type { PathChange, TreeReader } from '../objects/tree-reader.ts'
import type { Diff, FileChange } from './differ.ts'

/** A change of a file that stays where it is. */
interface InPlace extends PathChange {
  readonly before: TreeEntry
  readonly after: TreeEntry
}

/** Names that git writes into a diff as they are: no quotes, and no tab behind a space. */
const plainPath = /^[\w./+@,=%~-]+$/

/** Whether a change leaves a file where it is, under a name that stands in a diff as it is. */
export function isInPlace(change: PathChange): change is InPlace {
  return isFile(change.before) && isFile(change.after) && plainPath.test(change.path)
}

function isFile(entry: PathChange['before']): boolean {
  return entry?.mode === '100644' || entry?.mode === '100755'
}

/** A search through upstream's commits asks for each of their diffs: beyond so many bytes the oldest are made again. */
export const mostText = 8_000_000

interface Wanted {
  readonly change: InPlace
  resolve(part: FileChange): void
  reject(error: unknown): void
}

/**
 * Asks for the diffs of many files together, all that are wanted in one turn of the event loop: each file under a
 * number in two trees of nothing else, however deep it lies in a tree of however many files. Nothing comes or goes in
 * such trees, so nothing can have moved, and each file's part is what it is in a diff of the whole trees.
 */
export function bundleDiffs(
  trees: TreeReader,
  ask: (before: Oid, after: Oid, needed: readonly Oid[]) => Promise<Diff>,
): (change: InPlace) => Promise<FileChange> {
  const known = boundedCache<FileChange>(mostText, ({ text }) => text.length)
  let waiting: Wanted[] = []
  const send = async (): Promise<void> => {
    const asked = waiting
    waiting = []
    try {
      const bundle = (side: 'before' | 'after') =>
        trees.write(new Map(asked.map(({ change }, index) => [`${index}`, change[side]])))
      const contents = asked.flatMap(({ change }) => [change.before.oid, change.after.oid])
      const [before, after] = [bundle('before'), bundle('after')]
      const diff = await ask(before, after, [before, after, ...contents])
      const parts = new Map(diff.map((file) => [file.path, file]))
      for (const [index, { resolve }] of asked.entries()) resolve(parts.get(`${index}`) as FileChange)
    } catch (error) {
      for (const { reject } of asked) reject(error)
    }
  }
  const want = (change: InPlace): Promise<FileChange> =>
    new Promise((resolve, reject) => {
      if (waiting.length === 0) setImmediate(() => void send())
      waiting.push({ change, resolve, reject })
    })
  return async (change) => {
    const { before, after, path } = change
    const key = `${before.mode} ${before.oid} ${after.mode} ${after.oid}`
    const found = known.get(key)
    if (found) return named(await found, path)
    const part = want(change)
    known.set(key, part)
    return named(await part, path)
  }
}

/** The file's part under its own name, as if it had been asked for by itself. */
function named(file: FileChange, path: Bytes): FileChange {
  const number = file.path
  const headings = new Map([
    [`diff --git a/${number} b/${number}`, `diff --git a/${path} b/${path}`],
    [`--- a/${number}`, `--- a/${path}`],
    [`+++ b/${number}`, `+++ b/${path}`],
    [`Binary files a/${number} and b/${number} differ`, `Binary files a/${path} and b/${path} differ`],
  ])
  const hunks = file.text.indexOf('\n@@') + 1 || file.text.length
  const head = file.text.slice(0, hunks).split('\n')
  const text = `${head.map((line) => headings.get(line) ?? line).join('\n')}${file.text.slice(hunks)}`
  return { ...file, oldPath: path, path, text }
}

import type { Oid } from '../../domain/patch.ts'
import { boundedCache } from '../objects/bounded-cache.ts'
import { type Bytes, toBytes, unquotePath } from '../objects/bytes.ts'
import type { Quarantine } from '../objects/quarantine.ts'
import type { PathChange, TreeReader } from '../objects/tree-reader.ts'
import { type Frame, type Resident, startResident } from '../process/resident.ts'
import { bundleDiffs, isInPlace, mostText } from './diff-bundle.ts'

/** One file of a diff, by Git's raw format. */
export interface FileChange {
  readonly status: string
  readonly oldMode: string
  readonly newMode: string
  readonly oldOid: Oid
  readonly newOid: Oid
  /** The path before; equals `path` unless it was renamed. */
  readonly oldPath: Bytes
  readonly path: Bytes
  /** The file's part of the patch, without the lines that name blobs and line numbers. */
  readonly text: Bytes
}

export type Diff = readonly FileChange[]

/** Reads diffs between trees by a resident process. */
export interface Differ {
  diff(before: Oid, after: Oid): Promise<Diff>
  /** Asks for a file's part of a diff that will be wanted, so that it is there by then. */
  foresee(change: PathChange): void
  close(): Promise<void>
}

const end = 'undrift: end of diff\n'

export interface DifferOptions {
  readonly trees: TreeReader
  /** Whether a moved file shows as one change, as range-diff has it; patch ids are taken without. */
  readonly renames: 'found' | 'ignored'
}

/** The resident `diff-tree`. */
export function diffArgv(renames: DifferOptions['renames']): readonly string[] {
  const argv = ['diff-tree', '--stdin', '-r', '--raw', '-p', '--full-index', '--no-abbrev', '--no-color']
  const fixed = ['--no-ext-diff', '--no-textconv', '--submodule=short', '--indent-heuristic', '-U3']
  return [...argv, ...fixed, ...(renames === 'found' ? ['-M', '-l1000'] : ['--no-renames'])]
}

/**
 * Starts a resident `diff-tree`, which echoes and flushes what is no object id: that ends an answer. What only changes
 * files in place is asked for in bundles; everything else, in which a file may have moved, by its whole trees.
 */
export function openDiffer(quarantine: Quarantine, options: DifferOptions): Differ {
  const frame: Frame = (bytes, from) => {
    const at = bytes.indexOf(end, Math.max(0, from - end.length), 'latin1')
    return at === -1 ? bytes.length + 1 : at + end.length
  }
  let resident: Resident | null = null
  const start = (): Resident => {
    resident ??= startResident(quarantine, diffArgv(options.renames), frame)
    return resident
  }
  const askTrees = async (before: Oid, after: Oid): Promise<Diff> =>
    parseDiff(toBytes(await start().ask(`${before} ${after}\n${end}`)))
  const bundled = bundleDiffs(options.trees, (before, after, needed) => {
    quarantine.objects.flush(needed)
    return askTrees(before, after)
  })
  const known = boundedCache<Diff>(mostText, (diff) => diff.reduce((sum, { text }) => sum + text.length, 0))
  const ask = async (before: Oid, after: Oid): Promise<Diff> => {
    const changes = await options.trees.compare(before, after)
    if (changes.every(isInPlace)) return Promise.all(changes.map(bundled))
    quarantine.objects.flush()
    return askTrees(before, after)
  }
  return {
    diff: (before, after) => {
      if (before === after) return Promise.resolve([])
      const key = `${before} ${after}`
      const found = known.get(key)
      if (found) return found
      const asked = ask(before, after)
      known.set(key, asked)
      return asked
    },
    foresee: (change) => {
      // Whoever needs it asks again, and hears of a failure.
      if (isInPlace(change)) bundled(change).catch(() => {})
    },
    close: async () => resident?.close(),
  }
}

/** Reads `diff-tree --stdin --raw -p`: the echoed trees, raw lines, and one part of the patch a raw line. */
function parseDiff(answer: Bytes): Diff {
  const lines = answer.slice(0, answer.length - end.length).split('\n')
  const firstPart = lines.findIndex((line) => line.startsWith('diff --git '))
  const raw = firstPart === -1 ? lines : lines.slice(0, firstPart)
  const parts = firstPart === -1 ? [] : splitParts(lines.slice(firstPart))
  let part = 0
  return raw.flatMap((line) => {
    const match = /^:(\d+) (\d+) ([0-9a-f]+) ([0-9a-f]+) ([A-Z])\d*\t([^\t]+)(?:\t([^\t]+))?$/.exec(line)
    if (!match) return []
    const [, oldMode = '', newMode = '', oldOid = '', newOid = '', status = '', first = '', second] = match
    // A change of type (a file that becomes a link) is written as a removal and an addition.
    const count = status === 'T' ? 2 : 1
    const text = parts
      .slice(part, part + count)
      .map(normalise)
      .join('')
    part += count
    const oldPath = unquotePath(first)
    const path = second === undefined ? oldPath : unquotePath(second)
    return [{ status, oldMode, newMode, oldOid, newOid, oldPath, path, text }]
  })
}

/** Invariant: only a newline ends a line. A lone carriage return is content, so no regular expression with `m` here. */
function splitParts(lines: readonly Bytes[]): readonly (readonly Bytes[])[] {
  const parts: Bytes[][] = []
  for (const line of lines) {
    if (line.startsWith('diff --git ')) parts.push([])
    parts.at(-1)?.push(line)
  }
  return parts
}

/** Drops what moves without a change: line numbers always, and blob ids unless they are all there is to see. */
function normalise(part: readonly Bytes[]): Bytes {
  const isBinary = part.some((line) => line.startsWith('Binary files '))
  const kept = part.filter((line) => line !== '' && (isBinary || !line.startsWith('index ')))
  return kept.map((line) => `${line.replace(/^@@ -[\d,]+ \+[\d,]+ @@/, '@@')}\n`).join('')
}

/** The added and removed lines of a file's part, in their order, without context. */
export function changedLines(text: Bytes): readonly Bytes[] {
  const at = text.indexOf('\n@@')
  if (at === -1) return []
  return text
    .slice(at + 1)
    .split('\n')
    .filter((line) => line.startsWith('+') || line.startsWith('-') || line.startsWith('\\'))
}

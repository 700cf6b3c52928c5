import type { Oid } from '../../domain/patch.ts'
import { type Place, runGit } from '../process/command.ts'
import { type Bytes, fromBytes, toBytes } from './bytes.ts'

/** A file, symlink or submodule as a tree holds it. */
export interface TreeEntry {
  readonly mode: string
  readonly oid: Oid
}

/** What stands at a path; null for nothing. */
export type Entry = TreeEntry | null

const folderMode = '040000'

/** The direct entries of a tree, by name. */
export async function readTree(place: Place, tree: Oid): Promise<Map<Bytes, TreeEntry>> {
  return parseTree((await runGit(place, ['ls-tree', '-z', '--full-tree', tree])).stdout)
}

/** Every file, symlink and submodule of a tree with its whole path. */
export async function readWholeTree(place: Place, tree: Oid): Promise<Map<Bytes, TreeEntry>> {
  return parseTree((await runGit(place, ['ls-tree', '-r', '-z', '--full-tree', tree])).stdout)
}

function parseTree(output: Buffer): Map<Bytes, TreeEntry> {
  const entries = new Map<Bytes, TreeEntry>()
  for (const line of toBytes(output).split('\0')) {
    const match = /^(\d+) \w+ ([0-9a-f]+)\t(.+)$/s.exec(line)
    if (match) entries.set(match[3] ?? '', { mode: match[1] ?? '', oid: match[2] ?? '' })
  }
  return entries
}

/** What stands at a path of a tree; a folder counts as nothing. */
export async function entryAt(place: Place, tree: Oid, path: Bytes): Promise<Entry> {
  const [name = '', ...rest] = path.split('/')
  const entry = (await readTree(place, tree)).get(name)
  if (!entry) return null
  if (rest.length === 0) return entry.mode === folderMode ? null : entry
  return entry.mode === folderMode ? entryAt(place, entry.oid, rest.join('/')) : null
}

/**
 * A tree with some paths set or, by null, removed; the folders in between come and go with them. Costs two processes
 * for each folder on the way, whatever the size of the tree. Invariant: nothing but the named paths changes, except
 * that a file gives way to a folder that a set path needs, and a folder to a file.
 */
export async function editTree(place: Place, tree: Oid, edits: ReadonlyMap<Bytes, Entry>): Promise<Oid> {
  if (edits.size === 0) return tree
  return (await editFolder(place, tree, edits)) ?? (await makeTree(place, new Map()))
}

/** Null when the folder ends up empty. */
async function editFolder(
  place: Place,
  tree: Oid | null,
  edits: ReadonlyMap<Bytes, Entry>,
): Promise<Oid | null> {
  const entries = tree === null ? new Map<Bytes, TreeEntry>() : await readTree(place, tree)
  const below = new Map<Bytes, Map<Bytes, Entry>>()
  // Removals first: a file that goes may make room for a folder of its name, and the other way round.
  const ordered = [...edits].sort(([, a], [, b]) => Number(a !== null) - Number(b !== null))
  for (const [path, entry] of ordered) {
    const slash = path.indexOf('/')
    if (slash >= 0) {
      const folder = path.slice(0, slash)
      below.set(folder, (below.get(folder) ?? new Map()).set(path.slice(slash + 1), entry))
    } else if (entry !== null) {
      entries.set(path, entry)
    } else if (entries.get(path)?.mode !== folderMode) {
      entries.delete(path)
    }
  }
  for (const [folder, inner] of below) {
    const now = entries.get(folder)
    const isFolder = now?.mode === folderMode
    if (!isFolder && [...inner.values()].every((entry) => entry === null)) continue
    const edited = await editFolder(place, isFolder ? now.oid : null, inner)
    if (edited === null) entries.delete(folder)
    else entries.set(folder, { mode: folderMode, oid: edited })
  }
  return entries.size === 0 ? null : makeTree(place, entries)
}

/** Writes one tree; Git sorts it. */
export async function makeTree(place: Place, entries: ReadonlyMap<Bytes, TreeEntry>): Promise<Oid> {
  const lines = [...entries].map(([name, { mode, oid }]) => `${mode} ${typeOf(mode)} ${oid}\t${name}\0`)
  const result = await runGit(place, ['mktree', '-z'], { stdin: fromBytes(lines.join('')) })
  return result.stdout.toString('latin1').trim()
}

function typeOf(mode: string): string {
  if (mode === folderMode) return 'tree'
  return mode === '160000' ? 'commit' : 'blob'
}

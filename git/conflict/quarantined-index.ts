import { copyFile, stat, utimes } from 'node:fs/promises'
import { join } from 'node:path'
import type { Oid } from '../../domain/patch.ts'
import { type Bytes, fromBytes, toBytes } from '../objects/bytes.ts'
import type { Quarantine } from '../objects/quarantine.ts'
import type { Entry, TreeEntry } from '../objects/tree.ts'
import { type GitOptions, runGit } from '../process/command.ts'

/**
 * The copy is dated before the original, so that a file which was changed in the instant after the index was written
 * is looked into instead of being taken for unchanged.
 */
export async function copyIndex(dir: string, quarantine: Quarantine): Promise<void> {
  const from = join(dir, '.git', 'index')
  const to = join(quarantine.path, 'index')
  await copyFile(from, to)
  const { mtimeMs } = await stat(from)
  const earlier = mtimeMs / 1000 - 2
  await utimes(to, earlier, earlier)
}

/** What a person's index holds. */
export interface Staged {
  readonly clean: ReadonlyMap<Bytes, TreeEntry>
  readonly unmerged: ReadonlySet<Bytes>
}

export async function readIndex(quarantine: Quarantine): Promise<Staged> {
  const { stdout } = await runGit(quarantine, ['ls-files', '--stage', '-z'])
  const clean = new Map<Bytes, TreeEntry>()
  const unmerged = new Set<Bytes>()
  for (const line of toBytes(stdout).split('\0')) {
    const match = /^(\d+) ([0-9a-f]+) (\d)\t(.+)$/s.exec(line)
    if (!match) continue
    const [, mode = '', oid = '', stageNumber, path = ''] = match
    if (stageNumber === '0') clean.set(path, { mode, oid })
    else unmerged.add(path)
  }
  return { clean, unmerged }
}

/** The paths whose files are not what the index holds, or that it holds no clean entry of. Never looks into submodules. */
export async function changedPaths(quarantine: Quarantine, options: GitOptions): Promise<readonly Bytes[]> {
  const argv = ['diff-files', '--name-only', '-z', '--ignore-submodules=all', '--no-ext-diff']
  const { stdout } = await runGit(quarantine, argv, options)
  return [...new Set(toBytes(stdout).split('\0'))].filter((path) => path !== '')
}

/** Brings the index up to these files: what was changed, settled or removed without `git add`. */
export async function addChanged(
  quarantine: Quarantine,
  paths: readonly Bytes[],
  options: GitOptions,
): Promise<void> {
  await unhide(quarantine, new Set(paths), options)
  await runGit(quarantine, ['update-index', '--add', '--remove', '--replace', '-z', '--stdin'], {
    ...options,
    stdin: fromBytes(paths.map((path) => `${path}\0`).join('')),
  })
}

/** A file that a sparse work tree did without and that lies there now: `update-index` would take it for removed. */
async function unhide(
  quarantine: Quarantine,
  changed: ReadonlySet<Bytes>,
  options: GitOptions,
): Promise<void> {
  const listed = toBytes((await runGit(quarantine, ['ls-files', '-t', '-z'])).stdout).split('\0')
  const hidden = listed.flatMap((line) =>
    line.startsWith('S ') && changed.has(line.slice(2)) ? [line.slice(2)] : [],
  )
  if (hidden.length === 0) return
  const stdin = fromBytes(hidden.map((path) => `${path}\0`).join(''))
  await runGit(quarantine, ['update-index', '--no-skip-worktree', '-z', '--stdin'], { ...options, stdin })
}

/** How the index differs from the merge's tree, by path. */
export async function changesSince(
  quarantine: Quarantine,
  tree: Oid,
): Promise<ReadonlyMap<Bytes, { readonly before: Entry; readonly after: Entry }>> {
  const { stdout } = await runGit(quarantine, ['diff-index', '--cached', '--raw', '-z', '--no-renames', tree])
  const fields = toBytes(stdout).split('\0')
  const changes = new Map<Bytes, { before: Entry; after: Entry }>()
  for (let at = 0; at + 1 < fields.length; at += 2) {
    const match = /^:(\d+) (\d+) ([0-9a-f]+) ([0-9a-f]+) \w/.exec(fields[at] ?? '')
    if (!match) continue
    const [, oldMode = '', newMode = '', oldOid = '', newOid = ''] = match
    changes.set(fields[at + 1] ?? '', { before: entryOf(oldMode, oldOid), after: entryOf(newMode, newOid) })
  }
  return changes
}

function entryOf(mode: string, oid: Oid): Entry {
  return mode === '000000' ? null : { mode, oid }
}

import { copyFile, lstat, stat, utimes } from 'node:fs/promises'
import { join } from 'node:path'
import { shellWord } from '../../domain/shell-word.ts'
import { type Bytes, displayPath, fromBytes, toBytes } from '../objects/bytes.ts'
import type { Quarantine } from '../objects/quarantine.ts'
import { type GitOptions, runGit } from '../process/command.ts'
import { workPath } from './left-there.ts'

/**
 * The paths whose content a filter driver keeps elsewhere (Git LFS, git-crypt), with the driver's name. What lies on the
 * disk is not what Git stores, only the person's own git runs the driver, and so only what they staged counts.
 */
export async function filteredPaths(
  quarantine: Quarantine,
  paths: Iterable<Bytes>,
  { dir, options }: { readonly dir: string; readonly options: GitOptions },
): Promise<ReadonlyMap<Bytes, string>> {
  const stdin = fromBytes([...new Set(paths)].map((path) => `${path}\0`).join(''))
  if (stdin.length === 0) return new Map()
  // Their own attributes are a reason to ask, never to run anything.
  const own = join(dir, '.git', 'info', 'attributes')
  const config = (await stat(own).catch(() => null)) ? ([['core.attributesFile', own]] as const) : []
  const { stdout } = await runGit(quarantine, ['check-attr', '-z', '--stdin', 'filter'], {
    ...options,
    config: [...(options.config ?? []), ...config],
    stdin,
  })
  const fields = toBytes(stdout).split('\0')
  const found = new Map<Bytes, string>()
  for (let at = 0; at + 2 < fields.length; at += 3) {
    const [path = '', , value = ''] = fields.slice(at, at + 3)
    if (!['unspecified', 'unset', 'set', ''].includes(value)) found.set(path, displayPath(value).text)
  }
  return found
}

/**
 * Which of these paths are not the very files that the person's git saw when it wrote the index, by their sizes and
 * times alone: their content says nothing. A file that is gone is not among them.
 */
export async function touchedSince(
  quarantine: Quarantine,
  paths: Iterable<Bytes>,
  { dir, options }: { readonly dir: string; readonly options: GitOptions },
): Promise<ReadonlySet<Bytes>> {
  const index = join(quarantine.path, 'index-as-of-later')
  await copyFile(join(dir, '.git', 'index'), index)
  // Of an index that is newer than every file, git believes what stands in it.
  const later = Date.now() / 1000 + 86_400
  await utimes(index, later, later)
  const argv = ['diff-files', '--name-only', '-z', '--ignore-submodules=all', '--no-ext-diff']
  const { stdout } = await runGit(quarantine, argv, {
    ...options,
    env: { ...options.env, GIT_INDEX_FILE: index },
  })
  const changed = new Set(toBytes(stdout).split('\0'))
  const touched = new Set<Bytes>()
  for (const path of paths) {
    if (changed.has(path) && (await lstat(workPath(dir, path)).catch(() => null))) touched.add(path)
  }
  return touched
}

/** What to do about a file of a filter driver that is not staged as it lies there. */
export function filterAdvice(path: Bytes, filter: string): string {
  const name = shellWord(displayPath(path).text)
  return `It belongs to the filter \`${filter}\`, and only what is staged counts; \`git add ${name}\` stages it.`
}

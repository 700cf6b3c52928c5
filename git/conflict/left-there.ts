import { createHash } from 'node:crypto'
import { lstat, readFile, readlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type Bytes, fromBytes } from '../objects/bytes.ts'
import type { OpenPath } from './conflict-merge.ts'

/** What lay at each conflicted path without markers when the work tree was made, by its fingerprint. */
export type LeftThere = Readonly<Record<Bytes, string>>

/**
 * Notes what a person finds at the paths without markers. Whoever changed or removed it since has made the choice; as it
 * lies there it says nothing, because one side always lies there. Bytes on the disk, because attributes may ask for other
 * line ends than the blob has.
 */
export async function noteLeftThere(dir: string, paths: readonly OpenPath[]): Promise<void> {
  const left: Record<Bytes, string> = {}
  for (const { path, isMarked } of paths) if (!isMarked) left[path] = await fingerprint(dir, path)
  await writeFile(notePath(dir), `${JSON.stringify(left)}\n`)
}

/** What was noted; nothing for a work tree that was made before there was a note. */
export async function readLeftThere(dir: string): Promise<LeftThere> {
  const text = await readFile(notePath(dir), 'utf8').catch(() => '{}')
  return JSON.parse(text) as LeftThere
}

/** What lies at a path of the work tree: of which kind, and what is in it; of a folder only that it is one. */
export async function fingerprint(dir: string, path: Bytes): Promise<string> {
  const file = workPath(dir, path)
  const found = await lstat(file).catch(() => null)
  if (found === null) return 'nothing'
  if (found.isDirectory()) return 'folder'
  if (found.isSymbolicLink()) return `link ${digest(await readlink(file, 'buffer'))}`
  if (!found.isFile()) return 'other'
  return `${(found.mode & 0o100) === 0 ? 'file' : 'program'} ${digest(await readFile(file))}`
}

/** A path of the work tree, whose bytes need not be text. */
export function workPath(dir: string, path: Bytes): Buffer {
  return Buffer.concat([Buffer.from(`${dir}/`), fromBytes(path)])
}

function digest(content: Buffer): string {
  return createHash('sha256').update(content).digest('hex')
}

function notePath(dir: string): string {
  return join(dir, '.git', 'undrift-left.json')
}

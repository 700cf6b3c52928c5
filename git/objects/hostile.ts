import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import { UndriftError } from '../../domain/errors.ts'
import type { Oid } from '../../domain/patch.ts'
import { runGit } from '../process/command.ts'
import { limitsAt } from '../process/limits-at.ts'
import type { Mirror } from '../types.ts'
import { type Bytes, displayPath, toBytes } from './bytes.ts'
import { type Quarantine, quarantineConfig } from './quarantine.ts'
import { tooHeavy } from './weigh.ts'

/** Characters that HFS+ leaves out of a name, in UTF-8. */
const ignoredByHfs = /\xe2\x80[\x8c-\x8f\xaa-\xae]|\xe2\x81[\xaa-\xaf]|\xef\xbb\xbf/g

/**
 * Whether one name of a tree would write where no work tree may: out of it, or into its `.git`, by the rules of any
 * file system. Source: Git's verify_path with core.protectHFS and core.protectNTFS.
 */
export function isHostileName(name: Bytes): boolean {
  if (name === '' || name === '.' || name === '..' || name.includes('/')) return true
  const plain = name.replace(ignoredByHfs, '').toLowerCase()
  // NTFS drops dots and spaces at the end, and reads `:` as a stream and `\` as a separator.
  return plain.split('\\').some((part) => /^(?:\.git|git~1)(?:[. ]*(?::.*)?)$/s.test(part)) || name === '..\\'
}

/** A name that is empty or leads with a dot, and what only a disguised one needs. */
const odd = /[\0/][.\0/]|[\\~\xe2\xef]/g

/**
 * The paths of a list that end with NUL each which may hold a hostile name: every one that does, and a few honest ones.
 * The list of a huge repository is long and hardly ever holds any.
 */
export function suspiciousPaths(list: Uint8Array): readonly Bytes[] {
  const text = toBytes(list)
  const found: Bytes[] = []
  // The first path has no separator before it.
  let at = /^[.\0/]/.test(text) ? 0 : nextOdd(text, 0)
  while (at < text.length) {
    const start = at === 0 ? 0 : text.lastIndexOf('\0', at - 1) + 1
    const end = text.indexOf('\0', start)
    found.push(text.slice(start, end))
    at = nextOdd(text, end)
  }
  return found
}

/** Where the path is, or begins, that holds the next odd thing; the text's length when there is none. */
function nextOdd(text: Bytes, from: number): number {
  odd.lastIndex = from
  const match = odd.exec(text)
  if (!match) return text.length
  // The NUL belongs to the path before.
  return match[0].startsWith('\0') ? match.index + 1 : match.index
}

/** No tree that people made has paths so long on average: a list with more bytes than this for each path is too long. */
const bytesPerPath = 256

/** Lists every path of a commit into a file, which the system keeps from growing beyond `most` bytes. */
export function listTree(
  place: Mirror,
  commit: Oid,
): { readonly argv: readonly string[]; readonly into: string; readonly most: number } {
  const argv = ['ls-tree', '-r', '-t', '-z', '--name-only', '--full-tree', commit]
  const most = limitsAt(place).paths * bytesPerPath
  return { argv, into: join(place.path, `paths-of-${commit}`), most }
}

const listed = new WeakMap<Quarantine, Map<Oid, Promise<string>>>()

/**
 * Every path of a commit, each with a NUL at its end, in pieces: the list of the largest tree does not fit into memory. It is
 * made once for a quarantine, however many ask. Throws UNDRIFT_E_TOO_HEAVY.
 */
export async function* listPaths(quarantine: Quarantine, commit: Oid): AsyncGenerator<Buffer> {
  const known = listed.get(quarantine) ?? new Map<Oid, Promise<string>>()
  listed.set(quarantine, known)
  const found = known.get(commit) ?? writeList(quarantine, commit)
  known.set(commit, found)
  const mostPaths = limitsAt(quarantine).paths
  let rest: Buffer = Buffer.alloc(0)
  let count = 0
  for await (const chunk of createReadStream(await found, { highWaterMark: 1 << 22 })) {
    const all = rest.length === 0 ? (chunk as Buffer) : Buffer.concat([rest, chunk as Buffer])
    const end = all.lastIndexOf(0) + 1
    for (let at = all.indexOf(0); at !== -1; at = all.indexOf(0, at + 1)) count += 1
    if (count > mostPaths) throw tooManyPaths(commit, mostPaths)
    if (end > 0) yield all.subarray(0, end)
    rest = all.subarray(end)
  }
}

async function writeList(quarantine: Quarantine, commit: Oid): Promise<string> {
  const { argv, into, most } = listTree(quarantine, commit)
  try {
    await runGit(quarantine, argv, { config: quarantineConfig, into, most })
  } catch (error) {
    // The system ended git where its list came to its most.
    if (((await stat(into).catch(() => null))?.size ?? 0) < most) throw error
    throw tooManyPaths(commit, limitsAt(quarantine).paths)
  }
  return into
}

function tooManyPaths(commit: Oid, most: number): UndriftError {
  return tooHeavy('paths', `Commit ${commit} holds more than ${most} paths`)
}

/** Refuses a commit whose tree holds a name that no work tree may hold; throws UNDRIFT_E_STACK. */
export async function refuseHostileTrees(quarantine: Quarantine, commits: readonly Oid[]): Promise<void> {
  for (const commit of new Set(commits)) {
    let last: Buffer = Buffer.alloc(0)
    for await (const list of listPaths(quarantine, commit)) {
      refuseHostilePaths(commit, suspiciousPaths(list))
      // Each path is compared with the one before it, which the piece before may hold.
      const strange = firstStrange(last.length === 0 ? list : Buffer.concat([last, list]), last.length)
      if (strange?.kind === 'twice') throw namedTwice(`Commit ${commit}`, strange.path)
      if (strange !== null) throw hostilePath(`Commit ${commit}`, strange.path)
      last = Buffer.from(list.subarray(list.lastIndexOf(0, list.length - 2) + 1))
    }
  }
}

/** The error for a tree in which one name stands for two things. */
export function namedTwice(where: string, path: Bytes): UndriftError {
  return new UndriftError('UNDRIFT_E_STACK', `${where} holds the path "${displayPath(path).text}" twice.`, {
    hint: 'Such a tree was made to attack, or is damaged; do not carry the commit.',
  })
}

/**
 * The first path of a list that end with NUL each which is the same as the one before it, or which lies in a folder that
 * the list does not name before it: then the slash is a part of a name. Null where all are as they should be.
 * `known` is how many bytes at the front were looked at already: one path and its end.
 */
function firstStrange(
  list: Buffer,
  known = 0,
): { readonly path: Bytes; readonly kind: 'twice' | 'slash' } | null {
  const slash = 0x2f
  let before = 0
  let length = Math.max(0, known - 1)
  for (let start = known; start < list.length; ) {
    let common = 0
    while (common < length && list[start + common] === list[before + common]) common += 1
    let end = start + common
    const isTwice = start > 0 && common === length && list[end] === 0
    if (common === length && common > 0 && list[end] === slash) end += 1
    let hasSlash = false
    for (; list[end] !== 0 && end < list.length; end += 1) if (list[end] === slash) hasSlash = true
    const kind = isTwice ? 'twice' : hasSlash ? 'slash' : null
    if (kind !== null) return { path: toBytes(list.subarray(start, end)), kind }
    before = start
    length = end - start
    start = end + 1
  }
  return null
}

/** Refuses paths of a commit that no work tree may hold; throws UNDRIFT_E_STACK. */
export function refuseHostilePaths(commit: Oid, paths: readonly Bytes[]): void {
  for (const path of paths) {
    if (!path.split('/').some(isHostileName)) continue
    throw hostilePath(`Commit ${commit}`, path)
  }
}

/** The error for a name that no work tree may hold. */
export function hostilePath(where: string, path: Bytes): UndriftError {
  return new UndriftError(
    'UNDRIFT_E_STACK',
    `${where} holds the path "${displayPath(path).text}", which no work tree may hold.`,
    { hint: 'Such a tree was made to attack; do not carry the commit.' },
  )
}

import {
  closeSync,
  fsyncSync,
  linkSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { dirname } from 'node:path'
import { isAlive, ownIdentity, type ProcessIdentity } from './process-identity.ts'

export type LockResult =
  | { readonly kind: 'locked'; readonly release: () => void }
  /** `by` is null while the file names no process that could be asked, and is young. */
  | { readonly kind: 'held'; readonly by: ProcessIdentity | null }

/** A lock that names nobody counts as left behind when it is older than this. */
export const namelessMs = 10_000

/**
 * Takes the lock, or says which living process has it. A lock whose process is dead, however it died, is nobody's; so is
 * one that cannot be read, once it is old: while it is young, somebody may be about to write it.
 */
export function takeLock(path: string): LockResult {
  mkdirSync(dirname(path), { recursive: true })
  const own = `${path}.${process.pid}`
  // Linked into place with its content, so that nobody ever reads half of it.
  writeSynced(own, JSON.stringify(ownIdentity()))
  try {
    for (;;) {
      if (link(own, path)) return { kind: 'locked', release: () => rmSync(path, { force: true }) }
      const holder = readHolder(path)
      if (holder !== null && isAlive(holder)) return { kind: 'held', by: holder }
      const age = holder === null ? ageOfNameless(path) : 'old'
      if (age === 'young') return { kind: 'held', by: null }
      if (age === 'old') removeDead(path, holder)
    }
  } finally {
    rmSync(own, { force: true })
  }
}

/** A link may reach the disk before the content of what it links to: after a power failure the lock would be empty. */
function writeSynced(path: string, text: string): void {
  const file = openSync(path, 'w')
  try {
    writeFileSync(file, text)
    fsyncSync(file)
  } finally {
    closeSync(file)
  }
}

function link(from: string, to: string): boolean {
  try {
    linkSync(from, to)
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false
    throw error
  }
}

/** Null for a lock that is gone by now, or that nobody of ours wrote. */
function readHolder(path: string): ProcessIdentity | null {
  try {
    const value: unknown = JSON.parse(readFileSync(path, 'utf8'))
    const { pid, began } = value as ProcessIdentity
    return typeof pid === 'number' && typeof began === 'string' ? { pid, began } : null
  } catch {
    return null
  }
}

/** How old a lock is that names nobody, if there still is one. A time that has not come yet is of another clock. */
function ageOfNameless(path: string): 'gone' | 'young' | 'old' {
  const file = statSync(path, { throwIfNoEntry: false })
  // Between two looks it may have been released, and taken by a process that can be asked.
  if (file === undefined || readHolder(path) !== null) return 'gone'
  return Math.abs(Date.now() - file.mtimeMs) < namelessMs ? 'young' : 'old'
}

/** Moves a dead lock aside; one that somebody took in the meantime goes back to its place. */
function removeDead(path: string, dead: ProcessIdentity | null): void {
  const aside = `${path}.dead.${process.pid}`
  try {
    renameSync(path, aside)
  } catch {
    return
  }
  const moved = readHolder(aside)
  if (moved !== null && moved.began !== dead?.began && isAlive(moved)) link(aside, path)
  rmSync(aside, { force: true })
}

import {
  closeSync,
  fsyncSync,
  linkSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { dirname } from 'node:path'
import { isAlive, ownIdentity, type ProcessIdentity } from './process-identity.ts'

export type LockResult =
  | { readonly kind: 'locked'; readonly release: () => void }
  | { readonly kind: 'held'; readonly by: ProcessIdentity }

/**
 * Takes the lock, or says which living process has it. A lock whose process is dead, however it died, is nobody's.
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
      removeDead(path, holder)
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

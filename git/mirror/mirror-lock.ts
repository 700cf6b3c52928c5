import { createHash, randomUUID } from 'node:crypto'
import { link, open, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { UndriftError } from '../../domain/errors.ts'
import { isAlive, startOf } from '../process/processes.ts'
import type { Mirror } from '../types.ts'

/** What the lock is for: fetching is slow and only keeps other fetches out; all else is short. */
export type LockPurpose = 'fetch' | 'maintenance'

export interface LockOptions {
  readonly purpose?: LockPurpose
  /** What the lock is of, where it is not of all that has this purpose: the others are not kept out. */
  readonly of?: string
  /** How long to wait for the holder; 10 minutes when left out. */
  readonly waitMs?: number
}

interface Holder {
  readonly token: string
  readonly pid: number
  /** Distinguishes a process from a later one with the same number; null where the system does not tell. */
  readonly started: string | null
  readonly host: string
}

const heartbeatMs = 5_000
/** A holder on another host cannot be asked; its lock counts as left behind when it was not touched for so long. */
const silentMs = 60_000
/** A lock that names nobody (the power failed before its content was on the disk) has nobody who touches it either. */
const namelessMs = 2 * heartbeatMs

/**
 * Runs `work` while no other process (nor other caller in this one) holds the mirror's lock of that purpose.
 * A lock whose holder is dead is taken over. Not re-entrant. Throws UNDRIFT_E_BUSY, naming the holder, after the wait.
 */
export async function withMirrorLock<T>(
  mirror: Mirror,
  work: () => Promise<T>,
  options: LockOptions = {},
): Promise<T> {
  const { purpose = 'maintenance', of, waitMs } = options
  const part = of === undefined ? '' : `-${createHash('sha256').update(of).digest('hex').slice(0, 16)}`
  const path = join(mirror.path, `undrift-${purpose}${part}.lock`)
  const told = setTimeout(
    () => mirror.waits?.('waiting for another process that works in the mirror'),
    60_000,
  )
  const begin = () => {
    clearTimeout(told)
    return work()
  }
  try {
    return await withLockFile(path, begin, { ...(waitMs ? { waitMs } : {}), signal: mirror.signal })
  } finally {
    clearTimeout(told)
  }
}

/** The same for any path; the mirror itself may not exist yet. */
export async function withLockFile<T>(
  path: string,
  work: () => Promise<T>,
  options: { readonly waitMs?: number; readonly signal?: AbortSignal | null } = {},
): Promise<T> {
  const token = await take(path, options.waitMs ?? 600_000, options.signal ?? null)
  // Only other hosts look at it: on this one the process itself is asked.
  const heartbeat = setInterval(() => {
    const now = new Date()
    utimes(path, now, now).catch(() => {})
  }, heartbeatMs).unref()
  try {
    return await work()
  } finally {
    clearInterval(heartbeat)
    const holder = await read(path)
    if (holder?.token === token) await rm(path, { force: true })
  }
}

async function take(path: string, waitMs: number, signal: AbortSignal | null): Promise<string> {
  const mine: Holder = {
    token: randomUUID(),
    pid: process.pid,
    started: await startOf(process.pid),
    host: hostname(),
  }
  const until = performance.now() + waitMs
  for (;;) {
    signal?.throwIfAborted()
    if (await create(path, mine)) return mine.token
    const holder = await read(path)
    if (holder === null ? await isNameless(path) : await isLeftBehind(path, holder)) {
      await removeDead(path, holder)
      continue
    }
    if (performance.now() > until) {
      const who = holder ? `process ${holder.pid} on ${holder.host}` : 'another process'
      throw new UndriftError('UNDRIFT_E_BUSY', `The mirror is held by ${who} (${path}).`)
    }
    await pause(20 + Math.floor(Math.random() * 60))
  }
}

/** Appears whole or not at all, even after a power failure: a half-written lock would name nobody. */
async function create(path: string, holder: Holder): Promise<boolean> {
  const aside = `${path}.${holder.token}`
  try {
    await writeSynced(aside, JSON.stringify(holder))
    await link(aside, path)
    return true
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false
    throw error
  } finally {
    await rm(aside, { force: true })
  }
}

/** A link may reach the disk before the content of what it links to. */
async function writeSynced(path: string, text: string): Promise<void> {
  const file = await open(path, 'wx')
  try {
    await file.writeFile(text)
    await file.sync()
  } finally {
    await file.close()
  }
}

/** Null for a lock that is gone, and for one that names no holder. */
async function read(path: string): Promise<Holder | null> {
  try {
    const holder = JSON.parse(await readFile(path, 'utf8')) as Partial<Holder> | null
    const isWhole = typeof holder?.token === 'string' && typeof holder.pid === 'number'
    return isWhole ? (holder as Holder) : null
  } catch {
    return null
  }
}

/** Whether a lock is there that names no holder and that nobody has touched for longer than a heartbeat. */
async function isNameless(path: string): Promise<boolean> {
  const touched = await stat(path).catch(() => null)
  // One of the future was written by another clock.
  if (touched === null || Math.abs(Date.now() - touched.mtimeMs) < namelessMs) return false
  return (await read(path)) === null
}

async function isLeftBehind(path: string, holder: Holder): Promise<boolean> {
  if (holder.host === hostname()) return !(await isAlive(holder.pid, holder.started))
  const touched = await stat(path).catch(() => null)
  return touched !== null && Date.now() - touched.mtimeMs > silentMs
}

/**
 * Removes the lock of one dead holder. A guard named after that holder lets only one process do it at a time, and the
 * second look under the guard keeps the slower one from removing the lock of whoever took over in between.
 */
async function removeDead(path: string, dead: Holder | null): Promise<void> {
  const guard = `${path}.${dead?.token ?? 'nameless'}.dead`
  try {
    await writeFile(guard, '', { flag: 'wx' })
  } catch {
    const left = await stat(guard).catch(() => null)
    if (left && Date.now() - left.mtimeMs > silentMs) await rm(guard, { force: true })
    await pause(20)
    return
  }
  try {
    const now = await read(path)
    const isStillDead = dead === null ? await isNameless(path) : now?.token === dead.token
    if (isStillDead) await rm(path, { force: true })
  } finally {
    await rm(guard, { force: true })
  }
}

function codeOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error ? String(error.code) : undefined
}

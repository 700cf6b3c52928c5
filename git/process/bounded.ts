import { setTimeout as pause } from 'node:timers/promises'
import { UndriftError } from '../../domain/errors.ts'
import type { Limits } from '../../domain/limits.ts'
import { accessOptions } from '../mirror/remote-access.ts'
import { hostOf } from '../mirror/remote-url.ts'
import { megabytes, tooHeavy } from '../objects/weigh.ts'
import type { RemoteAccess } from '../types.ts'
import { type GitResult, type Place, type RunOptions, runGit } from './command.ts'
import { nameFullDisk } from './disk.ts'
import type { GitProcess } from './git-process.ts'
import { atHost } from './host-turns.ts'
import { limitsAt } from './limits-at.ts'
import { type PackRoom, packRoom } from './pack-room.ts'
import { trafficOf } from './traffic.ts'

/** A wait that lasts so long is told to whoever looks. */
const tellAfterMs = 60_000
/** With less room than this, a disk is full rather than a pack too large. */
const smallDisk = 1e9

export interface BoundedOptions extends RunOptions {
  readonly argv: readonly string[]
  /** The repository that a pack comes into, which is bounded then. */
  readonly packInto?: string
}

/**
 * Runs a git process that talks to a remote: in a slot of its host, until a deadline, and not for long without a byte. What
 * it brings is bounded while it comes in. Throws UNDRIFT_E_REMOTE for a host that hangs, UNDRIFT_E_TOO_HEAVY for a pack
 * that is too large, and what `runGit` throws.
 */
export async function runBounded(
  place: Place,
  access: RemoteAccess,
  { argv, packInto, ...options }: BoundedOptions,
): Promise<GitResult> {
  const limits = limitsAt(place)
  const tell = ('path' in place ? place.waits : undefined) ?? (() => {})
  const host = hostOf(access.remote.url)
  const own = accessOptions(access)
  const slot = setTimeout(() => tell(`waiting for a free transfer slot of ${host}`), tellAfterMs)
  const run = async (): Promise<GitResult> => {
    clearTimeout(slot)
    const room = packInto === undefined ? null : await packRoom(packInto)
    const guard = openGuard({ host, command: argv[0] ?? '', limits, tell })
    try {
      const { config = [], ...rest } = options
      const most = room === null ? {} : { most: Math.min(limits.packBytes, room.half) }
      const all = { ...own, config: [...own.config, ...config], ...rest, ...most }
      return await runGit(place, argv, { ...all, signal: guard.signal, started: guard.watch })
    } catch (error) {
      if (room === null || packInto === undefined) throw error
      const named = await nameTooLarge(error, room, { host, limits, into: packInto })
      await room.clear()
      throw named
    } finally {
      guard.close()
    }
  }
  try {
    const lane = argv[0] === 'ls-remote' ? 'listing' : 'transfer'
    return await atHost(host, run, { lane, signal: place.signal ?? null })
  } finally {
    clearTimeout(slot)
  }
}

/** Whether the system ended git because a pack came to its most: git itself has other words for it on every version. */
async function nameTooLarge(
  error: unknown,
  { half, largest }: PackRoom,
  { host, limits, into }: { readonly host: string; readonly limits: Limits; readonly into: string },
): Promise<unknown> {
  if ((await largest()) < Math.min(limits.packBytes, half)) return error
  if (half >= limits.packBytes) {
    const most = `${megabytes(limits.packBytes)} (\`limits.pack\`)`
    return tooHeavy('pack', `${host} sends a pack of more than ${most}; the fetch was ended`)
  }
  if (half < smallDisk) {
    const full = new UndriftError('UNDRIFT_E_DISK', `The disk that holds ${into} is full.`, { cause: error })
    return nameFullDisk(full, into, { needed: 2 * half })
  }
  const most = `half of what is free on the disk (${megabytes(half * 2)})`
  return tooHeavy('pack', `${host} sends a pack of more than ${most}; the fetch was ended`)
}

interface Guarded {
  readonly host: string
  readonly command: string
  readonly limits: Limits
  readonly tell: (what: string) => void
}

/** Looks at one process now and then, and ends it by a signal whose reason says why. */
function openGuard({ host, command, limits, tell }: Guarded) {
  const end = new AbortController()
  const over = new AbortController()
  const idleMs = limits.idleSeconds * 1000
  const late = setTimeout(
    () => end.abort(hung(`git ${command} with ${host} took longer than ${limits.deadlineSeconds} s`)),
    limits.deadlineSeconds * 1000,
  )
  const look = async ({ group }: GitProcess): Promise<void> => {
    if (group === undefined) return
    let lastByte = performance.now()
    let seen: number | null = null
    let isTold = false
    while (true) {
      await pause(Math.min(5_000, idleMs / 4), undefined, { signal: over.signal }).catch(() => {})
      if (over.signal.aborted) return
      const traffic = await trafficOf(group)
      const now = performance.now()
      if (traffic === null || traffic !== seen) {
        seen = traffic
        lastByte = now
      } else if (now - lastByte > idleMs) {
        end.abort(hung(`git ${command} got no byte from ${host} for ${limits.idleSeconds} s`))
      } else if (now - lastByte > tellAfterMs && !isTold) {
        isTold = true
        tell(`waiting for ${host}, which sends nothing`)
      }
    }
  }
  return {
    signal: end.signal,
    watch: (process: GitProcess) => void look(process),
    close: () => {
      clearTimeout(late)
      over.abort()
    },
  }
}

function hung(what: string): UndriftError {
  return new UndriftError('UNDRIFT_E_REMOTE', `${what}; it was ended.`, {
    hint: 'Check the host. It is tried again; other hosts are not held up.',
    reason: 'remote-hung',
  })
}

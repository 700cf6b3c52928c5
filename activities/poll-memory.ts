import { isDeepStrictEqual } from 'node:util'
import type { FeedCursor } from '../adapters/feeds/types.ts'
import { freshMemory, type PollMemory } from '../domain/poll-memory.ts'

/** What one poll leaves for the next, in the heartbeat: what they came to so far, and some optimisations. */
export interface PollHeartbeat extends PollMemory {
  readonly cursor: FeedCursor | null
  /** Before this moment the feed is left alone, ISO 8601: a poll that comes earlier is there for a release that is due. */
  readonly feedAt?: string
  /** When the pins were compared last, or could not be, ISO 8601. */
  readonly lookedAt?: string
}

/** The longest that a feed is left alone, whatever it asks for. */
const longestDelaySeconds = 24 * 60 * 60
const slowestFailureSeconds = 60 * 60

/** How long a feed is left alone after so many failures in a row; it may ask for longer. */
export function delayAfterFailure(
  pollSeconds: number,
  failures: number,
  { retryAfterSeconds }: { readonly retryAfterSeconds: number | null },
): number {
  const slowed = Math.min(
    pollSeconds * 2 ** Math.min(failures - 1, 16),
    Math.max(pollSeconds, slowestFailureSeconds),
  )
  return Math.min(Math.max(withJitter(slowed), retryAfterSeconds ?? 0), longestDelaySeconds)
}

/** Up to a tenth later, so that watches which began together do not stay together. */
export function withJitter(seconds: number): number {
  return seconds * (1 + Math.random() / 10)
}

/** Whether the feed is still to be left alone. A clock that was set back must not keep it so. */
export function isFeedResting(
  memory: Pick<PollHeartbeat, 'feedAt' | 'failures'> | null,
  now: number,
  pollSeconds: number,
): boolean {
  if (memory?.feedAt === undefined) return false
  const longest = memory.failures === 0 ? pollSeconds * 1.1 : longestDelaySeconds
  const left = (Date.parse(memory.feedAt) - now) / 1000
  return left > 1 && left <= longest
}

/** What the polls before came to: as the heartbeat has it, else as the watch was told before its poll began anew. */
export function memoryBefore(
  heartbeat: Partial<PollHeartbeat> | null,
  told: PollMemory | undefined,
): PollMemory {
  const { lastSuccessAt, failures, firstFailureAt, lastFailure, gone, moved } = {
    ...freshMemory,
    ...(heartbeat ?? told),
  }
  return { lastSuccessAt, failures, firstFailureAt, lastFailure, gone, moved }
}

/** What decides whether the next poll is told something new. */
interface Telling {
  /** Seconds until it comes. */
  readonly nextSeconds: number
  /** Seconds for which the feed is left alone. */
  readonly restSeconds: number
  readonly patienceSeconds: number
}

/**
 * Whether the next poll has to be told: the server keeps what an earlier one was told. Each heartbeat is a write of the
 * server's, a third of what a poll costs it, and the polls of an idle feed differ in their times alone.
 */
export function isWorthTelling(
  told: PollHeartbeat | null,
  now: PollHeartbeat,
  { nextSeconds, restSeconds, patienceSeconds }: Telling,
): boolean {
  if (told === null) return true
  const wakesEarly = nextSeconds < restSeconds - 1
  if (wakesEarly && told.feedAt !== now.feedAt) return true
  const untimed = { feedAt: '', lastSuccessAt: '' }
  if (!isDeepStrictEqual({ ...told, ...untimed }, { ...now, ...untimed })) return true
  // When the feed was heard of last has to be true to a part of the patience only.
  const agedMs = Date.parse(now.lastSuccessAt ?? '') - Date.parse(told.lastSuccessAt ?? '')
  return !(Math.abs(agedMs) < patienceSeconds * 100 || told.lastSuccessAt === now.lastSuccessAt)
}

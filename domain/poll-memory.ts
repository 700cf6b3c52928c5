import type { UpstreamQuestion } from './watch.ts'

/** What the polls of a feed have come to so far; travels from one poll to the next. Times are ISO 8601. */
export interface PollMemory {
  readonly lastSuccessAt: string | null
  /** Polls in a row that failed. */
  readonly failures: number
  /** When the first of them failed; null when none did. */
  readonly firstFailureAt: string | null
  /** Why the last of them failed; null when none did. */
  readonly lastFailure: PollFailure | null
  readonly gone: GoneClock | null
  readonly moved: { readonly to: string; readonly since: string } | null
}

export interface PollFailure {
  /** A reason code, such as `feed-http-503`. */
  readonly reason: string
  readonly message: string
}

/** How long a feed has been gone, as far as polls have seen it. */
interface GoneClock {
  readonly since: string
  /** When it was looked at last. */
  readonly at: string
  /** Seconds that lie between polls which found it gone. */
  readonly seconds: number
  readonly polls: number
  /** Seconds until the poll that was to come next. */
  readonly nextSeconds: number
}

export const freshMemory: PollMemory = {
  lastSuccessAt: null,
  failures: 0,
  firstFailureAt: null,
  lastFailure: null,
  gone: null,
  moved: null,
}

/** How long a feed may be gone, or a watch without a good poll, before a person is asked: a day. */
export const usualPatienceSeconds = 24 * 60 * 60

const goneReasons = ['feed-http-404', 'feed-http-410']
const fewestPolls = 3
const longestMessage = 300
const longestAddress = 300

/** What is remembered after a poll that worked. `movedTo` is where the feed says that it has moved to for good. */
export function afterSuccess(
  memory: PollMemory,
  at: string,
  { movedTo }: { readonly movedTo?: string | undefined } = {},
): PollMemory {
  const to = movedTo?.slice(0, longestAddress)
  const moved = to === undefined ? null : memory.moved?.to === to ? memory.moved : { to, since: at }
  return { ...freshMemory, lastSuccessAt: at, moved }
}

/** What is remembered after a poll that failed. `nextSeconds` is the time until the next one. */
export function afterFailure(
  memory: PollMemory,
  { reason, message }: PollFailure,
  { at, nextSeconds }: { readonly at: string; readonly nextSeconds: number },
): PollMemory {
  return {
    ...memory,
    failures: memory.failures + 1,
    firstFailureAt: memory.firstFailureAt ?? at,
    lastFailure: { reason, message: message.slice(0, longestMessage) },
    gone: goneAfter(memory.gone, { reason, at, nextSeconds }),
  }
}

/** What a person has to decide about a feed, as far as its polls tell. */
export function questionsOf(
  memory: PollMemory,
  { url, patienceSeconds }: { readonly url: string; readonly patienceSeconds: number },
): readonly UpstreamQuestion[] {
  const { gone, moved } = memory
  const isGone = gone !== null && gone.polls >= fewestPolls && gone.seconds >= patienceSeconds
  return [
    ...(isGone ? [{ kind: 'feed-gone', since: gone.since, url } as const] : []),
    ...(moved === null ? [] : [{ kind: 'feed-moved', since: moved.since, url, to: moved.to } as const]),
  ]
}

/** Whether two lists ask the same. */
export function sameQuestions(one: readonly UpstreamQuestion[], other: readonly UpstreamQuestion[]): boolean {
  const key = (question: UpstreamQuestion) =>
    `${question.kind} ${question.url} ${question.kind === 'feed-moved' ? question.to : ''}`
  return one.map(key).sort().join('\n') === other.map(key).sort().join('\n')
}

/**
 * Only time between polls counts, and of it no more than twice what was to pass: a clock that jumps, or a worker that was
 * away, does not make one answer last for a day. Another failure in between stops the clock and does not set it back.
 */
function goneAfter(
  gone: GoneClock | null,
  { reason, at, nextSeconds }: { readonly reason: string; readonly at: string; readonly nextSeconds: number },
): GoneClock | null {
  const isGone = goneReasons.includes(reason)
  if (gone === null) return isGone ? { since: at, at, seconds: 0, polls: 1, nextSeconds } : null
  if (!isGone) return { ...gone, at, nextSeconds }
  const passed = (Date.parse(at) - Date.parse(gone.at)) / 1000
  const counted = Math.min(Math.max(passed, 0), 2 * gone.nextSeconds)
  return { ...gone, at, seconds: gone.seconds + counted, polls: gone.polls + 1, nextSeconds }
}

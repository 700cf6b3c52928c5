import { ApplicationFailure, CancelledFailure, Context } from '@temporalio/activity'
import { ApplicationFailureCategory } from '@temporalio/common'
import { createFeed } from '../adapters/feeds/create-feed.ts'
import type { FeedResult } from '../adapters/feeds/types.ts'
import { failureTypes } from '../domain/failure-types.ts'
import { packKnowledge, unpackKnowledge } from '../domain/lines/packed-knowledge.ts'
import {
  afterFailure,
  afterSuccess,
  type PollMemory,
  questionsOf,
  sameQuestions,
  usualPatienceSeconds,
} from '../domain/poll-memory.ts'
import { openAnswer } from '../domain/sealed.ts'
import { nothingKnown } from '../domain/watch.ts'
import { chooseReleases } from './choose-releases.ts'
import type { ActivityDeps } from './deps.ts'
import { listFeedTags } from './list-feed-tags.ts'
import {
  delayAfterFailure,
  isFeedResting,
  isWorthTelling,
  memoryBefore,
  type PollHeartbeat,
  withJitter,
} from './poll-memory.ts'
import type { PollInput, PollResult } from './watch-types.ts'
import { withFeedToken } from './with-feed-token.ts'

/**
 * Looks at a feed once, and at what waits. Returns only when there is news; otherwise it fails with `NoNewRelease` (or
 * `FeedFailed`) and the delay after which the server runs it again, which writes no history: that of the next poll, or
 * what is left until a release is due.
 */
export async function pollFeed(
  { upstream, lines, known: packed, look, memory: told }: PollInput,
  deps: Pick<ActivityDeps, 'env'>,
): Promise<PollResult> {
  const known = packed === null ? null : unpackKnowledge(packed)
  const context = Context.current()
  // Anybody can leave a heartbeat for a poll that waits: what is not ours is forgotten.
  const left = openAnswer(context.info.heartbeatDetails, ['installation'])
  const beat = (left?.value ?? null) as PollHeartbeat | null
  const before = memoryBefore(beat, told)
  const began = Date.now()
  const resting = isFeedResting(beat, began, upstream.pollSeconds)
  const isNew = lines.some((rules) => rules.lines.some((line) => known?.lines[line] === undefined))
  const result = resting ? null : await readFeed(isNew ? null : (beat?.cursor ?? null))
  if (context.cancellationSignal.aborted) throw new CancelledFailure('The poll was cancelled.')

  const found = await chooseReleases(
    {
      upstream,
      lines,
      known: known ?? nothingKnown,
      result,
      asked: look === true,
      lookedAt: beat?.lookedAt ?? null,
    },
    { deps, client: context.client, signal: context.cancellationSignal },
  )
  const failure = result?.kind === 'failed' ? result : found.kind === 'nothing' ? found.failure : null
  const rest = restAfter({ result, failure }, beat, {
    pollSeconds: upstream.pollSeconds,
    failures: before.failures,
  })
  const memory = remember(before, { result, failure, nextSeconds: rest.seconds })
  const patienceSeconds = upstream.patienceSeconds ?? usualPatienceSeconds
  const questions = questionsOf(memory, { url: upstream.feed, patienceSeconds })
  if (found.kind === 'news' || !sameQuestions(questions, known?.questions ?? [])) {
    const [learned, starts] =
      found.kind === 'news' ? [found.known, found.starts] : [known ?? nothingKnown, []]
    return { known: packKnowledge({ ...learned, questions }), starts, memory }
  }
  const { lookedAt } = found
  const looked = lookedAt === null ? {} : { lookedAt }
  const { cursor, feedAt } = rest
  const seconds = Math.max(1, Math.min(rest.seconds, ((found.dueAt ?? Infinity) - Date.now()) / 1000))
  const tell: PollHeartbeat = { ...memory, cursor, feedAt, ...looked }
  const telling = { nextSeconds: seconds, restSeconds: rest.seconds, patienceSeconds }
  if (isWorthTelling(beat, tell, telling)) context.heartbeat(tell)
  throw failure === null ? nothingNew(seconds, found.waiting) : failed(failure, memory.failures, seconds)

  function readFeed(cursor: PollHeartbeat['cursor']): Promise<FeedResult> {
    const feed = createFeed(upstream.feed, { listTags: listFeedTags })
    return withFeedToken(feed, upstream.feedToken, deps).poll({
      url: upstream.feed,
      cursor,
      allow: upstream.allow,
      tagPrefix: upstream.tags.prefix,
      signal: context.cancellationSignal,
    })
  }
}

/** What a poll came upon: what the feed said, null when it was left alone, and why it came to nothing. */
interface Polled {
  readonly result: FeedResult | null
  readonly failure: PollFailure | null
}

interface Rest extends Pick<PollHeartbeat, 'cursor'> {
  readonly seconds: number
  readonly feedAt: string
}

/** How long the feed is left alone after a poll that found nothing, and what the next one is told. */
function restAfter(
  { result, failure }: Polled,
  beat: PollHeartbeat | null,
  { pollSeconds, failures }: { readonly pollSeconds: number; readonly failures: number },
): Rest {
  if (result === null && failure === null && beat?.feedAt !== undefined) {
    const { cursor, feedAt } = beat
    return { seconds: (Date.parse(feedAt) - Date.now()) / 1000, cursor, feedAt }
  }
  const seconds =
    failure === null ? withJitter(pollSeconds) : delayAfterFailure(pollSeconds, failures + 1, failure)
  // What was read but could not be acted on is to be read again.
  const cursor =
    result === null || result.kind === 'failed' || failure !== null ? beat?.cursor : result.cursor
  const feedAt = new Date(Date.now() + seconds * 1000).toISOString()
  return { seconds, cursor: cursor ?? null, feedAt }
}

/** What is remembered of the polls after this one. */
function remember(
  before: PollMemory,
  { result, failure, nextSeconds }: Polled & { readonly nextSeconds: number },
): PollMemory {
  const at = new Date().toISOString()
  if (failure !== null) return afterFailure(before, failure, { at, nextSeconds })
  if (result === null || result.kind === 'failed') return before
  return afterSuccess(before, at, { movedTo: result.movedTo })
}

/** Why a poll came to nothing. */
interface PollFailure {
  readonly reason: string
  readonly message: string
  readonly retryAfterSeconds: number | null
}

function nothingNew(seconds: number, waiting: number): ApplicationFailure {
  const waits = waiting === 0 ? '' : `, ${waiting} ${waiting === 1 ? 'waits' : 'wait'}`
  return ApplicationFailure.create({
    type: failureTypes.noNewRelease,
    message: `no new release${waits}; next poll at ${timeAfter(seconds)}`,
    category: ApplicationFailureCategory.BENIGN,
    nextRetryDelay: seconds * 1000,
  })
}

function failed({ reason, message }: PollFailure, failures: number, seconds: number): ApplicationFailure {
  return ApplicationFailure.create({
    type: failureTypes.feedFailed,
    message: `${reason}: ${message} Failure ${failures} in a row; next poll at ${timeAfter(seconds)}`,
    nextRetryDelay: seconds * 1000,
    details: [{ reason, failures }],
  })
}

function timeAfter(seconds: number): string {
  return new Date(Date.now() + seconds * 1000).toISOString().replace(/\.\d+Z$/, 'Z')
}

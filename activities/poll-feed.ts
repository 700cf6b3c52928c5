import { ApplicationFailure, CancelledFailure, Context } from '@temporalio/activity'
import { ApplicationFailureCategory } from '@temporalio/common'
import { createFeed } from '../adapters/feeds/create-feed.ts'
import type { ListedTag, ListTagsOptions } from '../adapters/feeds/git-tags/git-tags-feed.ts'
import type { FeedResult } from '../adapters/feeds/types.ts'
import { failureTypes } from '../domain/failure-types.ts'
import { nothingKnown } from '../domain/watch.ts'
import { openTagSource } from '../git/mirror/tag-source.ts'
import { chooseReleases } from './choose-releases.ts'
import type { ActivityDeps } from './deps.ts'
import { delayAfterFailure, isFeedResting, type PollMemory, withJitter } from './poll-memory.ts'
import type { PollInput, PollResult } from './types.ts'
import { withFeedToken } from './with-feed-token.ts'

/**
 * Looks at a feed once, and at what waits. Returns only when there is news; otherwise it fails with `NoNewRelease` (or
 * `FeedFailed`) and the delay after which the server runs it again, which writes no history: that of the next poll, or
 * what is left until a release is due.
 */
export async function pollFeed(
  { upstream, lines, known, look }: PollInput,
  deps: Pick<ActivityDeps, 'env'>,
): Promise<PollResult> {
  if (lines === undefined) return { kind: 'outdated' }
  const context = Context.current()
  const memory = (context.info.heartbeatDetails ?? null) as PollMemory | null
  const began = Date.now()
  const resting = isFeedResting(memory, began, upstream.pollSeconds)
  const isNew = lines.some((rules) => rules.lines.some((line) => known?.lines[line] === undefined))
  const result = resting ? null : await readFeed(isNew ? null : (memory?.cursor ?? null))
  if (context.cancellationSignal.aborted) throw new CancelledFailure('The poll was cancelled.')

  const found = await chooseReleases(
    {
      upstream,
      lines,
      known: known ?? nothingKnown,
      result,
      asked: look === true,
      lookedAt: memory?.lookedAt ?? null,
    },
    { deps, client: context.client, signal: context.cancellationSignal },
  )
  if (found.kind === 'news') return { kind: 'found', known: found.known, starts: found.starts }
  const failure = result?.kind === 'failed' ? result : found.failure
  const { lookedAt } = found
  const rest = restAfter({ failure, lookedAt }, memory, { result, pollSeconds: upstream.pollSeconds })
  context.heartbeat(rest.memory)
  const seconds = Math.max(1, Math.min(rest.seconds, ((found.dueAt ?? Infinity) - Date.now()) / 1000))
  throw failure === null ? nothingNew(seconds, found.waiting) : failed(failure, rest.memory.failures, seconds)

  function readFeed(cursor: PollMemory['cursor']): Promise<FeedResult> {
    const feed = createFeed(upstream.feed, { listTags })
    return withFeedToken(feed, upstream.feedToken, deps).poll({
      url: upstream.feed,
      cursor,
      allow: upstream.allow,
      tagPrefix: upstream.tags.prefix,
      signal: context.cancellationSignal,
    })
  }
}

interface Rest {
  readonly seconds: number
  readonly memory: PollMemory
}

/** How long the feed is left alone after a poll that found nothing, and what the next one is told. */
function restAfter(
  { failure, lookedAt }: { readonly failure: PollFailure | null; readonly lookedAt: string | null },
  memory: PollMemory | null,
  { result, pollSeconds }: { readonly result: FeedResult | null; readonly pollSeconds: number },
): Rest {
  const looked = lookedAt === null ? {} : { lookedAt }
  if (result === null && failure === null && memory?.feedAt !== undefined) {
    return { seconds: (Date.parse(memory.feedAt) - Date.now()) / 1000, memory: { ...memory, ...looked } }
  }
  const failures = failure === null ? 0 : (memory?.failures ?? 0) + 1
  const seconds =
    failure === null ? withJitter(pollSeconds) : delayAfterFailure(pollSeconds, failures, failure)
  // What was read but could not be acted on is to be read again.
  const cursor =
    result === null || result.kind === 'failed' || failure !== null ? memory?.cursor : result.cursor
  const feedAt = new Date(Date.now() + seconds * 1000).toISOString()
  return { seconds, memory: { cursor: cursor ?? null, failures, feedAt, ...looked } }
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

/** The tags of a repository; a poll has the feed's own token and no other credential. */
async function listTags(url: string, { signal, token }: ListTagsOptions): Promise<readonly ListedTag[]> {
  const remote = { name: 'feed', url, token: null }
  await using source = await openTagSource({ remote, secret: token }, signal)
  return source.tags
}

function timeAfter(seconds: number): string {
  return new Date(Date.now() + seconds * 1000).toISOString().replace(/\.\d+Z$/, 'Z')
}

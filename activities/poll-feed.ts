import { ApplicationFailure, CancelledFailure, Context } from '@temporalio/activity'
import { ApplicationFailureCategory } from '@temporalio/common'
import { createFeed } from '../adapters/feeds/create-feed.ts'
import type { ListedTag, ListTagsOptions } from '../adapters/feeds/git-tags/git-tags-feed.ts'
import type { FeedCursor, FeedResult } from '../adapters/feeds/types.ts'
import { chooseNew, takeBaseline } from '../domain/choose-release.ts'
import { failureTypes } from '../domain/failure-types.ts'
import { withGuardedExpressions } from '../git/guarded-expressions.ts'
import { openTagSource } from '../git/mirror/tag-source.ts'
import type { ActivityDeps } from './deps.ts'
import type { PollInput, PollResult } from './types.ts'
import { withFeedToken } from './with-feed-token.ts'

/** What one poll leaves for the next, in the heartbeat: an optimisation, and the count that slows failures down. */
interface PollMemory {
  readonly cursor: FeedCursor | null
  readonly failures: number
}

const longestDelaySeconds = 24 * 60 * 60
const slowestFailureSeconds = 60 * 60

/**
 * Looks at a feed once. Returns only when there is news; otherwise it fails with `NoNewRelease` (or `FeedFailed`) and the
 * delay after which the server runs it again, which writes no history.
 */
export async function pollFeed(
  { upstream, known }: PollInput,
  deps: Pick<ActivityDeps, 'env'>,
): Promise<PollResult> {
  const context = Context.current()
  const memory = (context.info.heartbeatDetails ?? null) as PollMemory | null
  const result = await withFeedToken(createFeed(upstream.feed, { listTags }), upstream.feedToken, deps).poll({
    url: upstream.feed,
    cursor: memory?.cursor ?? null,
    allow: upstream.allow,
    tagPrefix: upstream.tags.prefix,
    signal: context.cancellationSignal,
  })
  if (context.cancellationSignal.aborted) throw new CancelledFailure('The poll was cancelled.')
  if (result.kind === 'failed') throw failed(result, (memory?.failures ?? 0) + 1, upstream.pollSeconds)

  const found = result.kind === 'releases' ? news(result, { upstream, known }) : null
  if (found !== null) return found
  context.heartbeat({ cursor: result.cursor, failures: 0 } satisfies PollMemory)
  const seconds = withJitter(upstream.pollSeconds)
  throw ApplicationFailure.create({
    type: failureTypes.noNewRelease,
    message: `no new release; next poll at ${timeAfter(seconds)}`,
    category: ApplicationFailureCategory.BENIGN,
    nextRetryDelay: seconds * 1000,
  })

  function failed(failure: Extract<FeedResult, { kind: 'failed' }>, failures: number, interval: number) {
    context.heartbeat({ cursor: memory?.cursor ?? null, failures } satisfies PollMemory)
    const slowed = Math.min(
      interval * 2 ** Math.min(failures - 1, 16),
      Math.max(interval, slowestFailureSeconds),
    )
    const seconds = Math.min(
      Math.max(withJitter(slowed), failure.retryAfterSeconds ?? 0),
      longestDelaySeconds,
    )
    return ApplicationFailure.create({
      type: failureTypes.feedFailed,
      message: `${failure.reason}: ${failure.message} Failure ${failures} in a row; next poll at ${timeAfter(seconds)}`,
      nextRetryDelay: seconds * 1000,
      details: [{ reason: failure.reason, failures }],
    })
  }
}

/** What a feed holds that the watch does not know; null for nothing. */
function news(
  result: Extract<FeedResult, { kind: 'releases' }>,
  { upstream, known }: PollInput,
): PollResult | null {
  const { releases, problems } = result
  const rules = upstream.tags
  if (known === null) {
    return {
      kind: 'baseline',
      ...withGuardedExpressions((exec) => takeBaseline({ releases, rules, exec })),
      problems: problems.slice(0, 20),
    }
  }
  const { seen, baseline } = known
  const choice = withGuardedExpressions((exec) => chooseNew({ releases, seen, rules, baseline, exec }))
  if (choice.fresh.length === 0 && choice.skipped.length === 0) return null
  return { kind: 'releases', ...choice, problems: problems.slice(0, 20) }
}

/** The tags of a repository; a poll has the feed's own token and no other credential. */
async function listTags(url: string, { signal, token }: ListTagsOptions): Promise<readonly ListedTag[]> {
  const remote = { name: 'feed', url, token: null }
  await using source = await openTagSource({ remote, secret: token }, signal)
  return source.tags
}

/** Up to a tenth later, so that watches which began together do not stay together. */
function withJitter(seconds: number): number {
  return seconds * (1 + Math.random() / 10)
}

function timeAfter(seconds: number): string {
  return new Date(Date.now() + seconds * 1000).toISOString().replace(/\.\d+Z$/, 'Z')
}

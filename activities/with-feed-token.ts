import type { Feed, FeedResult } from '../adapters/feeds/types.ts'
import type { SecretName } from '../domain/settings.ts'
import type { ActivityDeps } from './deps.ts'

/** The same feed, asked with the token that the config names. A worker that lacks it says so instead of asking without. */
export function withFeedToken(
  feed: Feed,
  name: SecretName | undefined,
  { env }: Pick<ActivityDeps, 'env'>,
): Feed {
  if (name === undefined) return feed
  const token = env[name.slice('env:'.length)]
  return {
    kind: feed.kind,
    poll: async (request) => (token ? feed.poll({ ...request, token }) : missing(name)),
  }
}

function missing(name: SecretName): FeedResult {
  return {
    kind: 'failed',
    reason: 'feed-secret-missing',
    message: `The feed needs ${name}, which is not set on this worker.`,
    retryAfterSeconds: null,
  }
}

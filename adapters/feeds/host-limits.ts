import type { Feed, FeedRequest, FeedResult } from './types.ts'

/** What the hosts have asked for, for all watches of one worker. */
export interface HostLimits {
  /** The same feed, which leaves a host alone for as long as it asked any feed to. */
  readonly heed: (feed: Feed) => Feed
}

/** One host's word counts for every feed on it: forges limit by client, not by address. Forgets hosts whose time is over. */
export function createHostLimits(now: () => number = Date.now): HostLimits {
  const until = new Map<string, number>()

  async function poll(feed: Feed, request: FeedRequest): Promise<FeedResult> {
    const host = hostOf(request.url)
    const waiting = ((until.get(host) ?? 0) - now()) / 1000
    if (waiting > 0) return leftAlone(host, Math.ceil(waiting))
    until.delete(host)
    const result = await feed.poll(request)
    if (result.kind === 'failed' && result.retryAfterSeconds !== null) {
      const asked = now() + result.retryAfterSeconds * 1000
      until.set(host, Math.max(until.get(host) ?? 0, asked))
    }
    return result
  }

  return { heed: (feed) => ({ kind: feed.kind, poll: (request) => poll(feed, request) }) }
}

function leftAlone(host: string, seconds: number): FeedResult {
  return {
    kind: 'failed',
    reason: 'feed-rate-limited',
    message: `${host} has asked to be left alone for ${seconds} s more; it was not contacted.`,
    retryAfterSeconds: seconds,
  }
}

function hostOf(url: string): string {
  return URL.canParse(url) ? new URL(url).host : url
}

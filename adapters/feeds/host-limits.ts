import type { Feed, FeedRequest, FeedResult, LeaveAlone } from './types.ts'

/** What the hosts have asked for, for all watches of one worker. */
export interface HostLimits {
  /** The same feed, which leaves a host alone for as long as it asked any feed to. */
  readonly heed: (feed: Feed) => Feed
}

export interface HostLimitOptions {
  /** Milliseconds of a clock that nobody sets: a wall clock that jumps would end a wait, or make it a day longer. */
  readonly now?: () => number
  /** From 0 to 1, for the watches that wait: they must not come back all at once. */
  readonly chance?: () => number
}

const leastSpreadSeconds = 10

/** One host's word counts for every feed on it: forges limit by client, not by address. Forgets hosts whose time is over. */
export function createHostLimits(options: HostLimitOptions = {}): HostLimits {
  const { now = () => performance.now(), chance = Math.random } = options
  const until = new Map<string, number>()

  const leaveAlone: LeaveAlone = (host, seconds) => {
    until.set(host, Math.max(until.get(host) ?? 0, now() + seconds * 1000))
  }

  async function poll(feed: Feed, request: FeedRequest): Promise<FeedResult> {
    const host = hostOf(request.url)
    const waiting = ((until.get(host) ?? 0) - now()) / 1000
    if (waiting > 0) return leftAlone(host, Math.ceil(waiting), chance())
    until.delete(host)
    const result = await feed.poll({ ...request, leaveAlone })
    if (result.kind === 'failed' && result.retryAfterSeconds !== null) {
      leaveAlone(host, result.retryAfterSeconds)
    }
    return result
  }

  return { heed: (feed) => ({ kind: feed.kind, poll: (request) => poll(feed, request) }) }
}

function leftAlone(host: string, seconds: number, chance: number): FeedResult {
  const spread = Math.floor(chance * Math.max(leastSpreadSeconds, seconds / 10))
  return {
    kind: 'failed',
    reason: 'feed-rate-limited',
    message: `${host} has asked to be left alone for ${seconds} s more; it was not contacted.`,
    retryAfterSeconds: seconds + spread,
  }
}

/** A repository's tags and a forge's API on one host count together. */
function hostOf(address: string): string {
  const url = address.replace(/^git\+/, '')
  return URL.canParse(url) ? new URL(url).host : url
}

import type { FeedRelease } from '../../domain/release.ts'

/**
 * As many releases as a feed gives. What is kept of them is for whoever knows the rules of the lines to choose: the order of
 * a feed need not say what is new.
 */
export const mostReleases = 50_000

/** Characters of a release's notes that are kept; GitHub takes 125,000 at most. A rule for security releases looks for its words in them. */
export const longestNotes = 125_000

/** What the last good poll left behind, for a conditional request. An optimisation: losing it costs one full fetch. */
export interface FeedCursor {
  readonly etag: string | null
  readonly lastModified: string | null
  /** Of a feed with several pages: what stood first on the first, and how often in a row that page alone was read. */
  readonly page?: { readonly newest: readonly string[]; readonly shallow: number }
}

export interface FeedRequest {
  readonly url: string
  readonly cursor: FeedCursor | null
  /** Hosts and CIDR blocks on private or loopback networks that may be contacted. */
  readonly allow: readonly string[]
  readonly signal: AbortSignal
  /** What stands before the version in this upstream's tags; for feeds that know versions only, such as registries. */
  readonly tagPrefix?: string
  /** Raises the limits of a forge's API. Goes to the feed's own origin and nowhere else, and over https only. */
  readonly token?: string | null
  /** Told when a host asks to be left alone, in whatever answer and wherever redirects led. */
  readonly leaveAlone?: LeaveAlone
}

/** `host` with its port; seconds, at most 24 h. */
export type LeaveAlone = (host: string, seconds: number) => void

/** Why a feed could not be read; a person reads it, and may filter by it. */
export type FeedReason =
  | 'feed-invalid'
  | 'feed-too-large'
  | 'feed-timeout'
  | 'feed-redirects'
  | 'feed-refused-address'
  | `feed-http-${number}`
  | 'feed-rate-limited'
  | 'feed-unreachable'
  | 'feed-secret-missing'

export type FeedResult =
  | { readonly kind: 'not-modified'; readonly cursor: FeedCursor | null; readonly movedTo?: string }
  | {
      readonly kind: 'releases'
      readonly cursor: FeedCursor | null
      /** In the feed's order, newest first as a rule; at most so many as `mostReleases`. */
      readonly releases: readonly FeedRelease[]
      /** Entries that name no tag or two different ones: reported, not guessed. */
      readonly problems: readonly string[]
      /** Entries that were a release and are none any more, with the reason as a clause; missing where there are none. */
      readonly withdrawn?: readonly { readonly tag: string; readonly why: string }[]
      /** Where the feed says that it has moved to for good; missing when it has not. */
      readonly movedTo?: string
    }
  | {
      readonly kind: 'failed'
      readonly reason: FeedReason
      /** One sentence for a person, without any secret. */
      readonly message: string
      /** Seconds that the server asked us to wait, at most 24 h. */
      readonly retryAfterSeconds: number | null
    }

/** One way of noticing releases. Feeds differ in format and protocol; what a release is, is the same for all. */
export interface Feed {
  readonly kind: string
  poll(request: FeedRequest): Promise<FeedResult>
}

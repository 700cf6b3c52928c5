import type { PinnedRelease, SkippedRelease } from './release.ts'

/** A line of a fork by name, as `fork/line`: the key of all that a watch knows of it. */
export type LineKey = `${string}/${string}`

/** What a watch remembers. Invariant: below 64 KB as JSON, whatever the feed held. */
export interface WatchKnowledge {
  /** Tags that were considered by every line's rules, as keys; see choose-release-memory.ts. */
  readonly seen: readonly string[]
  readonly lines: Readonly<Record<LineKey, LineKnowledge>>
  /** Releases that a line takes, but not yet. */
  readonly waiting: readonly WaitingRelease[]
  /** The newest releases as they were first seen in the upstream repository, newest last; at most 50. */
  readonly pins: readonly PinnedRelease[]
  /** While there is one, nothing starts for any fork of this upstream. */
  readonly alarms: readonly MovedTag[]
  readonly holds: readonly Hold[]
  /** What only a person can decide about the upstream itself. */
  readonly questions: readonly UpstreamQuestion[]
  /** Newest last; at most 50. */
  readonly skipped: readonly SkippedRelease[]
  /** Tags that were sent to the forks, newest last; at most 50. */
  readonly dispatched: readonly string[]
  /** How many releases stood in the feed at first contact and were left alone. */
  readonly skippedAtFirst: number
  /** When a release was noticed last, ISO 8601; null when none was. */
  readonly newsAt: string | null
}

export interface LineKnowledge {
  /** The newest release by this line's rules when the watch began. */
  readonly baseline: string | null
  /** The newest release that was sent to it; nothing older is ever sent. */
  readonly lastRelease: string | null
}

/** A release that is taken once what it waits for has come. */
export interface WaitingRelease {
  readonly tag: string
  readonly line: LineKey
  readonly publishedAt: string | null
  readonly url: string | null
  /** When it was noticed, ISO 8601. */
  readonly since: string
  readonly reason: WaitingReason
  /** For a person, such as `minimum age: 3d, until 2026-11-24T08:00:00Z`. */
  readonly detail: string
  /** When it is looked at again, ISO 8601; null when something else than time decides. */
  readonly until: string | null
}

export const waitingReasons = ['minimum-age', 'quiet-hours', 'hold', 'step', 'alarm'] as const
export type WaitingReason = (typeof waitingReasons)[number]

/** A tag that no longer names what it named when it was first seen: an integrity alarm. */
export interface MovedTag {
  readonly tag: string
  readonly before: PinnedRelease
  /** Null when the tag is gone. */
  readonly after: PinnedRelease | null
  /** ISO 8601. */
  readonly at: string
}

/** A person's word that nothing new is started for an upstream, a fork or a line. A hold with an end is a pause. */
export interface Hold {
  /** Null for the whole upstream. */
  readonly fork: string | null
  /** Null for all lines of the fork. */
  readonly line: string | null
  readonly by: string
  /** ISO 8601. */
  readonly at: string
  /** When it ends by itself, ISO 8601; null when only `undrift release` ends it. */
  readonly until: string | null
  readonly reason: string
}

/** What cannot go on by itself with the upstream, and is asked instead of failing in silence. */
export type UpstreamQuestion =
  /** 404 or 410 for more than a day. */
  | { readonly kind: 'feed-gone'; readonly since: string; readonly url: string }
  /** 301 or 308: the feed has moved for good. */
  | { readonly kind: 'feed-moved'; readonly since: string; readonly url: string; readonly to: string }

import type { PinnedRelease, SeenTag, SkippedRelease } from './release.ts'

/** A line of a fork by name, as `fork/line`: the key of all that a watch knows of it. */
export type LineKey = `${string}/${string}`

/** What a watch remembers. Invariant: below 64 KB as JSON, whatever the feed held; see lines/fit-knowledge.ts. */
export interface WatchKnowledge {
  /** Tags that every line has handled, as keys; see choose-release-memory.ts. */
  readonly seen: readonly string[]
  /** A line that is missing takes its baseline from the next full feed. */
  readonly lines: Readonly<Record<LineKey, LineKnowledge>>
  /** Why lines stand where they stand; a line that is missing stands where it began. See lines/line-stands.ts. */
  readonly stands?: Readonly<Record<LineKey, LineStand>>
  /** The releases that some line waits with, each once. */
  readonly releases: readonly NoticedRelease[]
  /** Releases as they were first seen in the upstream repository, newest last; at most 50. */
  readonly pins: readonly PinnedRelease[]
  /** Newest tags as they were first seen, packed; see lines/seen-tags.ts. Absent before the first look. */
  readonly seenTags?: string
  /** While there is one, nothing starts for any fork of this upstream. */
  readonly alarms: readonly MovedTag[]
  readonly holds: readonly Hold[]
  /** What only a person can decide about the upstream itself. */
  readonly questions: readonly UpstreamQuestion[]
  /** Newest last; at most 50. */
  readonly skipped: readonly SkippedByLines[]
  /** Tags that were sent to a line, newest last; at most 50. */
  readonly dispatched: readonly string[]
  /** The last of them with the time that the feed gave, newest last; at most ten. */
  readonly sent?: readonly Pick<NoticedRelease, 'tag' | 'publishedAt'>[]
  /** What the feed says against releases that were sent, as long as it says so. */
  readonly withdrawn?: readonly FeedObjection[]
  /** Tags whose deletion someone accepted, newest last; at most ten. One that returns is a new release. */
  readonly gone?: readonly string[]
  /** How many releases stood in the feed at first contact and were left alone. */
  readonly skippedAtFirst: number
  /** Entries of the feed that name no tag or several; at most five. */
  readonly problems: readonly string[]
  /** When a release was noticed last, ISO 8601; null when none was. */
  readonly newsAt: string | null
  /** When the pins were compared with the upstream repository last, ISO 8601. */
  readonly lookedAt: string | null
  /** What persons have said to this watch, newest last, at most ten; absent where there are none. */
  readonly words?: readonly WatchWord[]
}

/** A person's word to a watch, for the record. */
export interface WatchWord {
  readonly name: 'hold' | 'release' | 'acceptTag' | 'setLine'
  /** What it is about: an upstream, a fork, a line or a tag. */
  readonly target: string
  readonly by: string
  /** ISO 8601. */
  readonly at: string
  /** The id of the key that signed it; null where nobody did. */
  readonly signedBy: string | null
  readonly detail: string
}

export interface LineKnowledge {
  /** The release that bounds it: nothing older is sent. */
  readonly standsOn: string | null
  /** Tags that it takes, but not yet: oldest version first, each described in `releases`. */
  readonly waiting: readonly string[]
  /** What it stands on was too much to be remembered; nothing starts until it is less. See lines/fit-knowledge.ts. */
  readonly isLost?: boolean
}

/** Why a line stands on its release. */
export const standReasons = [
  /** The watch sent it. */
  'sent',
  /** Someone ran it by hand. */
  'run',
  /** Someone set it with `undrift line set`. */
  'set',
  /** Upstream deleted what the line stood on, and someone accepted that. */
  'gone',
  /** The rules do not take what the line stood on. */
  'rules',
] as const
export type StandReason = (typeof standReasons)[number]

export interface LineStand {
  readonly because: StandReason
  /** Who set it and why, or the tag that does not count any more. */
  readonly note?: string
  /** What the line stood on before, newest last; at most three. */
  readonly earlier?: readonly string[]
  /** The next full read of the feed is judged as if nothing in it had been seen. */
  readonly again?: true
}

/** What a feed says against a release: it was withdrawn, or is a pre-release after all. */
export interface FeedObjection {
  readonly tag: string
  readonly kind: 'withdrawn' | 'pre-release'
  /** A clause, such as `was yanked`. */
  readonly why: string
}

/** A release that was noticed, as far as it must be known while a line waits with it. */
export interface NoticedRelease {
  readonly tag: string
  readonly publishedAt: string | null
  readonly url: string | null
  /** When it was noticed, ISO 8601. */
  readonly since: string
  /** Whether the upstream's rule for security releases takes it. */
  readonly security: boolean
}

/** A release that is taken once what it waits for has come; made for a reader, see lines/waiting-releases.ts. */
export interface WaitingRelease extends NoticedRelease {
  readonly line: LineKey
  readonly reason: WaitingReason
  /** For a person, such as `minimum age: 3d, until 2026-11-24T08:00:00Z`. */
  readonly detail: string
  /** When it is looked at again, ISO 8601; null when something else than time decides. */
  readonly until: string | null
}

export const waitingReasons = [
  'alarm',
  'hold',
  'no-tag',
  'minimum-age',
  'quiet-hours',
  'step',
  'next-poll',
] as const
export type WaitingReason = (typeof waitingReasons)[number]

/** A release that some lines left out. */
export interface SkippedByLines extends SkippedRelease {
  /** At most five of them; missing when every line left it out for this reason. */
  readonly lines?: readonly LineKey[]
}

/** A tag that no longer names what it named when it was first seen: an integrity alarm. */
export interface MovedTag {
  readonly tag: string
  readonly before: SeenTag
  /** Null when the tag is gone. */
  readonly after: PinnedRelease | null
  /** ISO 8601. */
  readonly at: string
  /** What moved, with the head of the diff; missing until a worker with the mirror has compared. Bounded, see lines/alarm-evidence.ts. */
  readonly evidence?: readonly string[]
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
  /** The id of the key that signed it; null where nobody did, absent from knowledge that is older. */
  readonly signedBy?: string | null
}

/** What cannot go on by itself with the upstream, and is asked instead of failing in silence. */
export type UpstreamQuestion =
  /** 404 or 410 for more than a day. */
  | { readonly kind: 'feed-gone'; readonly since: string; readonly url: string }
  /** 301 or 308: the feed has moved for good. */
  | { readonly kind: 'feed-moved'; readonly since: string; readonly url: string; readonly to: string }

/** What a watch knows before first contact. */
export const nothingKnown: WatchKnowledge = {
  seen: [],
  lines: {},
  releases: [],
  pins: [],
  alarms: [],
  holds: [],
  questions: [],
  skipped: [],
  dispatched: [],
  skippedAtFirst: 0,
  problems: [],
  newsAt: null,
  lookedAt: null,
}

import { rememberSeen, unseenOf } from './choose-release-memory.ts'
import type { FeedRelease, SkippedRelease } from './release.ts'
import type { TagRules } from './settings.ts'
import { readVersion } from './version/read-version.ts'
import { compareVersions, type Version, type VersionReading } from './version/version.ts'

export interface ChooseInput {
  readonly releases: readonly FeedRelease[]
  /** What an earlier choice returned as `seen`. */
  readonly seen: readonly string[]
  readonly rules: TagRules
  /** The newest release that was taken so far; null when none was. Nothing older than it is ever fresh. */
  readonly baseline: string | null
  /** At most this many fresh releases at once; the rest stays unseen and is found by the next choice. Default 50. */
  readonly limit?: number
}

export interface Choice {
  /** Oldest version first. */
  readonly fresh: readonly FeedRelease[]
  /** Releases seen for the first time and left out, in the feed's order. */
  readonly skipped: readonly SkippedRelease[]
  /** What to pass as `seen` next time; below 32 KB. */
  readonly seen: readonly string[]
}

export interface BaselineInput {
  readonly releases: readonly FeedRelease[]
  readonly rules: TagRules
}

export interface Baseline {
  /** The newest release that the rules take; null when they take none. */
  readonly baseline: string | null
  readonly seen: readonly string[]
  /** How many releases stand beside the baseline and are left alone. */
  readonly skippedCount: number
}

interface Candidate {
  readonly release: FeedRelease
  readonly version: Version
}

/** Finds the releases that nobody has seen yet. An entry that comes again, edited or in another place, is not new: the tag is its identity. */
export function chooseNew(input: ChooseInput): Choice {
  const floor = input.baseline === null ? null : readRelease(input.baseline, input.rules)
  const unseen = unseenOf(uniqueByTag(input.releases), input.seen).filter(({ tag }) => tag !== input.baseline)
  const taken: Candidate[] = []
  const skipped: SkippedRelease[] = []
  for (const release of unseen) {
    const reading = readFeedRelease(release, input.rules)
    if (reading.kind === 'not-taken') {
      skipped.push({ tag: release.tag, reason: reading.detail })
    } else if (floor && compareVersions(reading.version, floor) < 0) {
      skipped.push({ tag: release.tag, reason: `older than ${input.baseline}` })
    } else {
      taken.push({ release, version: reading.version })
    }
  }
  const fresh = taken
    .sort(byVersion)
    .slice(0, input.limit ?? 50)
    .map(({ release }) => release)
  const handled = [...fresh, ...skipped]
  // What still stands in the feed is remembered anew, so that it is never forgotten while it can come back.
  const waiting = new Set(taken.slice(fresh.length).map(({ release }) => release.tag))
  const standing = input.releases.filter(({ tag }) => !waiting.has(tag))
  const tags = [...standing.toReversed(), ...handled].map(({ tag }) => tag)
  return { fresh, skipped, seen: rememberSeen(input.seen, tags) }
}

/** First contact with an upstream: nothing old is emitted, and the newest release by version is where the watch begins. */
export function takeBaseline(input: BaselineInput): Baseline {
  const releases = uniqueByTag(input.releases)
  const newest = releases
    .flatMap((release): Candidate[] => {
      const reading = readFeedRelease(release, input.rules)
      return reading.kind === 'version' ? [{ release, version: reading.version }] : []
    })
    .sort(byVersion)
    .at(-1)
  const baseline = newest?.release.tag ?? null
  return {
    baseline,
    seen: rememberSeen([], releases.map(({ tag }) => tag).reverse()),
    skippedCount: releases.length - (baseline === null ? 0 : 1),
  }
}

/** The forge's own flag counts beside what the version says. */
function readFeedRelease(release: FeedRelease, rules: TagRules): VersionReading {
  const reading = readVersion(release.tag, rules)
  if (reading.kind === 'version' && release.prerelease && !rules.prereleases) {
    return { kind: 'not-taken', reason: 'pre-release', detail: 'pre-release: the feed marks it as one' }
  }
  return reading
}

function readRelease(tag: string, rules: TagRules): Version | null {
  // The baseline stays where it is even when it is a pre-release and the rules have since stopped taking any.
  const reading = readVersion(tag, { ...rules, prereleases: true })
  return reading.kind === 'version' ? reading.version : null
}

function uniqueByTag(releases: readonly FeedRelease[]): FeedRelease[] {
  return [...new Map([...releases].reverse().map((release) => [release.tag, release])).values()].reverse()
}

function byVersion(a: Candidate, b: Candidate): number {
  const order = compareVersions(a.version, b.version)
  if (order !== 0) return order
  return a.release.tag < b.release.tag ? -1 : 1
}

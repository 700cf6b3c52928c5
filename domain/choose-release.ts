import { rememberSeen, unseenOf } from './choose-release-memory.ts'
import type { FeedRelease, SkippedRelease } from './release.ts'
import type { TagRules } from './settings.ts'
import { type TagReaderOptions, tagReader } from './version/tag-reader.ts'
import { compareVersions, type Version } from './version/version.ts'

export interface ChooseInput extends TagReaderOptions {
  readonly releases: readonly FeedRelease[]
  /** What an earlier choice returned as `seen`. */
  readonly seen: readonly string[]
  readonly rules: TagRules
  /** The newest release that was taken so far; null when none was. Nothing older than it is ever fresh. */
  readonly baseline: string | null
  /** At most this many fresh releases at once; the rest stays unseen and is found by the next choice. Default 25. */
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

export interface BaselineInput extends TagReaderOptions {
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

interface Judged {
  readonly release: FeedRelease
  readonly tag: string
  /** Null for what is left out, and `reason` says why. */
  readonly version: Version | null
  readonly reason: string
}

/** Finds the releases that nobody has seen yet. An entry that comes again, edited or in another place, is not new: the tag is its identity. */
export function chooseNew(input: ChooseInput): Choice {
  const standing = judge(input).filter(({ tag }) => tag !== input.baseline)
  const unseen = unseenOf(standing, input.seen)
  const taken = unseen.flatMap(({ release, version }) => (version === null ? [] : [{ release, version }]))
  const [fresh, waiting] = splitAt(taken.sort(byVersion), input.limit ?? 25)
  const later = new Set(waiting.map(({ release }) => release.tag))
  // What still stands in the feed is remembered anew, what could start an attempt last: it is forgotten last.
  const [startable, others] = partition(
    standing.filter(({ tag }) => !later.has(tag)),
    ({ version }) => version !== null,
  )
  const seen = rememberSeen(
    input.seen,
    [...others.toReversed(), ...startable.toReversed()].map(({ tag }) => tag),
  )
  const forgotten = new Set(unseenOf(unseen, seen))
  return {
    fresh: fresh.map(({ release }) => release),
    // What cannot be remembered is not reported either: it would be news again at every poll.
    skipped: unseen
      .filter((one) => one.version === null && !forgotten.has(one))
      .map(({ tag, reason }) => ({ tag, reason })),
    seen,
  }
}

/** First contact with an upstream: nothing old is emitted, and the newest release by version is where the watch begins. */
export function takeBaseline(input: BaselineInput): Baseline {
  const releases = judge({ ...input, baseline: null })
  const newest = releases
    .flatMap(({ release, version }) => (version === null ? [] : [{ release, version }]))
    .sort(byVersion)
    .at(-1)
  const baseline = newest?.release.tag ?? null
  return {
    baseline,
    seen: rememberSeen([], releases.map(({ tag }) => tag).reverse()),
    skippedCount: releases.length - (baseline === null ? 0 : 1),
  }
}

/** Applies the rules, the forge's own flag and the baseline to each release; a tag that comes twice counts once. */
function judge(input: BaselineInput & { readonly baseline: string | null }): readonly Judged[] {
  const read = tagReader(input.rules, input)
  const floor = input.baseline === null ? null : versionOf(input.baseline, input)
  const releases = [...new Map(input.releases.map((release) => [release.tag, release])).values()]
  return releases.map((release): Judged => {
    const { tag } = release
    const reading = read(tag)
    const left = (reason: string) => ({ release, tag, version: null, reason })
    if (reading.kind === 'not-taken') return left(reading.detail)
    if (release.draft) return left('pre-release: the feed marks it as a draft')
    if (release.prerelease && !input.rules.prereleases) return left('pre-release: the feed marks it as one')
    if (floor && compareVersions(reading.version, floor) < 0) return left(`older than ${input.baseline}`)
    return { release, tag, version: reading.version, reason: '' }
  })
}

/** The baseline stays where it is even when other rules than those of the scheme have changed since. */
function versionOf(tag: string, input: BaselineInput): Version | null {
  const { prefix, scheme } = input.rules
  const rules = { prefix, prereleases: true, ...(scheme === undefined ? {} : { scheme }) }
  const reading = tagReader(rules, input)(tag)
  return reading.kind === 'version' ? reading.version : null
}

function byVersion(a: Candidate, b: Candidate): number {
  const order = compareVersions(a.version, b.version)
  if (order !== 0) return order
  return a.release.tag < b.release.tag ? -1 : 1
}

function splitAt<T>(list: readonly T[], count: number): readonly [readonly T[], readonly T[]] {
  return [list.slice(0, count), list.slice(count)]
}

function partition<T>(list: readonly T[], test: (one: T) => boolean): readonly [readonly T[], readonly T[]] {
  return [list.filter(test), list.filter((one) => !test(one))]
}

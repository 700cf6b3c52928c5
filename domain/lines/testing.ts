import type { FeedRelease, PinnedRelease } from '../release.ts'
import type { LineKey } from '../watch.ts'
import type { LineRules } from './line-rules.ts'

export const noon = Date.parse('2026-11-21T12:00:00Z')
export const hour = 3_600_000

export function release(tag: string, more: Partial<FeedRelease> = {}): FeedRelease {
  return { tag, title: tag, publishedAt: null, url: null, prerelease: null, ...more }
}

export function releases(...tags: readonly string[]): FeedRelease[] {
  return tags.map((tag) => release(tag))
}

/** The rules of lines that take every version with a `v`, unless they say otherwise. */
export function rulesOf(more: Partial<LineRules> = {}): LineRules {
  const tags = { prefix: 'v', prereleases: false, ...more.tags }
  return { lines: ['mine/main'], step: 'latest', minimumAgeSeconds: 0, quiet: [], ...more, tags }
}

/** A repository that has these tags. */
export function repositoryOf(tags: readonly string[], oid = 'a'): ReadonlyMap<string, PinnedRelease> {
  return new Map(tags.map((tag) => [tag, pin(tag, oid)]))
}

export function pin(tag: string, oid = 'a'): PinnedRelease {
  return { tag, tagObject: oid.repeat(40), commit: oid.repeat(40) }
}

export const mine: LineKey = 'mine/main'

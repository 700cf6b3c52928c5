import type { FeedRelease } from '../release.ts'
import { type Exec, execUnguarded } from '../version/exec.ts'
import { readExpression } from '../version/find-scheme.ts'
import type { NoticedRelease } from '../watch.ts'

export interface Notice {
  readonly observed: readonly FeedRelease[]
  /** Those that nobody has seen before, by tag. */
  readonly fresh: ReadonlyMap<string, FeedRelease>
  /** A regular expression, whatever the case; a release whose tag, title or notes hold a match of it is a security release. */
  readonly security: string | undefined
  /** ISO 8601. */
  readonly at: string
  readonly exec?: Exec
}

/** Of a longer address nothing is kept: a part of it leads nowhere. */
const longestUrl = 300

/**
 * The releases that a line may start or wait with, by tag: the known ones, and those that are new. A release that once
 * counted as a security release stays one, whatever its entry says later.
 */
export function noticeReleases(
  known: readonly NoticedRelease[],
  { observed, fresh, security, at, exec = execUnguarded }: Notice,
): ReadonlyMap<string, NoticedRelease> {
  const expression = security === undefined ? null : readExpression('security', security, 'i')
  const isSecurity = ({ tag, title, notes }: FeedRelease) =>
    [tag, title, ...windows(notes ?? '')].some((text) => {
      const found = expression === null ? null : exec(expression, text)
      return found !== null && found !== 'too-slow'
    })
  const now = new Map(observed.map((release) => [release.tag, release]))
  const noticed = new Map<string, NoticedRelease>()
  for (const release of known) {
    const entry = now.get(release.tag)
    noticed.set(release.tag, {
      ...release,
      security: release.security || (entry !== undefined && isSecurity(entry)),
    })
  }
  for (const release of fresh.values()) {
    const { tag, publishedAt } = release
    const url = (release.url?.length ?? 0) > longestUrl ? null : release.url
    if (!noticed.has(tag))
      noticed.set(tag, { tag, publishedAt, url, since: at, security: isSecurity(release) })
  }
  return noticed
}

const windowSize = 1_000
const overlap = 250

/** Long notes piece by piece: an expression that goes over a text again from each of its characters takes too long on all of it. */
function windows(text: string): readonly string[] {
  const count = Math.max(1, Math.ceil((text.length - overlap) / (windowSize - overlap)))
  return Array.from({ length: count }, (_, index) => {
    const start = index * (windowSize - overlap)
    return text.slice(start, start + windowSize)
  })
}

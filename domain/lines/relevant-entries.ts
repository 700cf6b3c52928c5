import type { FeedRelease } from '../release.ts'
import type { LineReader } from './line-reader.ts'
import { newestByTurns } from './newest-by-turns.ts'

/** As many entries of a feed as one choice looks at, and as many tags as are remembered as seen. */
export const mostEntries = 1_000

/**
 * Of more entries than a choice looks at, those that matter: the newest that each line takes, by turns, so that no line
 * crowds out another; then the first of those that none takes. In the feed's own order, which says nothing of what is new:
 * a list of tags is sorted by name, and some feeds begin with the oldest.
 */
export function relevantEntries(
  observed: readonly FeedRelease[],
  readers: readonly LineReader[],
): readonly FeedRelease[] {
  if (observed.length <= mostEntries) return observed
  const takenBy = readers.map((reader) =>
    observed
      .filter((release) => reader.judge(release).kind === 'taken')
      .map(({ tag }) => tag)
      .sort((one, other) => reader.compare(other, one)),
  )
  const kept = new Set(newestByTurns(takenBy, mostEntries))
  for (const { tag } of observed) if (kept.size < mostEntries) kept.add(tag)
  return observed.filter(({ tag }) => kept.has(tag))
}

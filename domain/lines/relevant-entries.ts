import type { FeedRelease } from '../release.ts'
import type { LineReader } from './line-reader.ts'
import { newestByTurns } from './newest-by-turns.ts'

/** As many entries of a feed as one choice looks at, and as many tags as are remembered as seen. */
export const mostEntries = 1_000

/** What lines with the same rules look for. */
export interface Wish {
  readonly reader: LineReader
  /** What they stand on, null for nothing, where they take releases one by one: the oldest that are newer come first. */
  readonly stepsFrom?: string | null
}

/**
 * Of more entries than a choice looks at, those that matter: the newest that each line takes, or the next ones of a line
 * that goes step by step, by turns, so that no line
 * crowds out another; then the first of those that none takes. In the feed's own order, which says nothing of what is new:
 * a list of tags is sorted by name, and some feeds begin with the oldest.
 */
export function relevantEntries(
  observed: readonly FeedRelease[],
  wishes: readonly Wish[],
): readonly FeedRelease[] {
  if (observed.length <= mostEntries) return observed
  const takenBy = wishes.map(({ reader, stepsFrom }) => {
    const taken = observed.filter((release) => reader.judge(release).kind === 'taken').map(({ tag }) => tag)
    if (stepsFrom === undefined) return taken.sort((one, other) => reader.compare(other, one))
    return taken.filter((tag) => reader.isNewer(tag, stepsFrom)).sort(reader.compare)
  })
  const kept = new Set(newestByTurns(takenBy, mostEntries))
  for (const { tag } of observed) if (kept.size < mostEntries) kept.add(tag)
  return observed.filter(({ tag }) => kept.has(tag))
}

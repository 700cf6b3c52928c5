import type { SkippedRelease } from '../release.ts'
import type { ForkSettings } from '../settings.ts'
import { nothingKnown, type WatchKnowledge } from '../watch.ts'
import { lineKey } from './line-rules.ts'
import type { PackedKnowledge } from './packed-knowledge.ts'

/** What a watch knew before forks had lines; it stands in the inputs of older runs. */
export interface EarlierKnowledge {
  readonly baseline: string | null
  readonly lastRelease: string | null
  readonly seen: readonly string[]
  readonly skipped: readonly SkippedRelease[]
  readonly dispatched: readonly string[]
}

/** Tells which of both a run was started with. */
export function isEarlier(
  known: PackedKnowledge | WatchKnowledge | EarlierKnowledge,
): known is EarlierKnowledge {
  return !('lines' in known)
}

/**
 * The same as it is known now. A fork with the upstream's rules stands where the watch stood; a line with rules of its own
 * was not there before, and takes its own baseline.
 */
export function fromEarlier(earlier: EarlierKnowledge, forks: readonly ForkSettings[]): WatchKnowledge {
  const standsOn = earlier.lastRelease ?? earlier.baseline
  const before = forks.filter(({ tags }) => tags === undefined)
  return {
    ...nothingKnown,
    seen: earlier.seen,
    lines: Object.fromEntries(before.map((fork) => [lineKey(fork), { standsOn, waiting: [] }])),
    skipped: earlier.skipped,
    dispatched: earlier.dispatched,
  }
}

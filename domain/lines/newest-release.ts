import type { WatchKnowledge } from '../watch.ts'

/** The release that was sent last, else the one that the first line began with; null when there is none. */
export function newestRelease(known: WatchKnowledge | null): string | null {
  const begun = Object.values(known?.lines ?? {}).flatMap(({ standsOn }) => standsOn ?? [])
  return known?.dispatched.at(-1) ?? begun[0] ?? null
}

import { byteLength } from '../byte-length.ts'
import type { LineKey, LineKnowledge, WatchKnowledge } from '../watch.ts'
import { withoutEvidence } from './alarm-evidence.ts'
import { packedBytes } from './packed-knowledge.ts'
import { dropSeenTags } from './seen-tags.ts'

/** What a watch may know, in bytes of a packed message; 64 KB is the promise, and messages may add a little. */
export const mostBytes = 60_000

type Lessen = (known: WatchKnowledge, over: number) => WatchKnowledge

/**
 * What gives way when a watch knows too much, the first first: what old tags were; seen tags, the oldest first (what is forgotten is older
 * than what its line stands on, and is left out as such when it comes again); the reports of what was left out and sent;
 * the evidence of alarms; why lines stand where they stand; pins of what no line waits with; addresses of releases. Last, and only where hundreds of lines stand on different names of
 * hundreds of characters, the longest of these names: such a line is lost, says so, and starts nothing.
 */
const steps: readonly Lessen[] = [
  ({ seenTags, ...known }, over) =>
    seenTags === undefined ? known : { ...known, seenTags: dropSeenTags(seenTags, over) },
  (known, over) => ({ ...known, seen: dropOldest(known.seen, over) }),
  (known, over) => ({ ...known, skipped: dropOldest(known.skipped, over) }),
  (known, over) => ({ ...known, dispatched: dropOldest(known.dispatched, over) }),
  (known) => ({ ...known, alarms: withoutEvidence(known.alarms) }),
  ({ stands: _, ...known }) => known,
  (known, over) => ({ ...known, pins: dropPins(known, over) }),
  (known) => ({ ...known, releases: known.releases.map((release) => ({ ...release, url: null })) }),
  loseLines,
]

/** As much of what is known as a message carries. Invariant: the same object when it fits. */
export function fitKnowledge(known: WatchKnowledge): WatchKnowledge {
  let fitted = known
  for (const lessen of steps) {
    const over = packedBytes(fitted) - mostBytes
    if (over <= 0) break
    fitted = lessen(fitted, over)
  }
  return fitted
}

/** The bytes that are left for what tags were, when everything else stays. */
export function roomForSeenTags({ seenTags: _, ...known }: WatchKnowledge): number {
  return Math.max(0, mostBytes - packedBytes(known))
}

/** The bytes that are left for what was seen, when everything else stays. */
export function roomForSeen(known: WatchKnowledge): number {
  return Math.max(0, mostBytes - packedBytes({ ...known, seen: [] }))
}

/** A list without its first elements, as many as weigh so many bytes. */
function dropOldest<T>(list: readonly T[], over: number): readonly T[] {
  let left = over
  const keep = list.findIndex((one) => {
    if (left <= 0) return true
    left -= weight(one)
    return false
  })
  return keep === -1 ? [] : list.slice(keep)
}

function dropPins({ pins, releases }: WatchKnowledge, over: number): WatchKnowledge['pins'] {
  const needed = new Set(releases.map(({ tag }) => tag))
  let left = over
  return pins.filter((pin) => {
    if (left <= 0 || needed.has(pin.tag)) return true
    left -= weight(pin)
    return false
  })
}

function loseLines(known: WatchKnowledge, over: number): WatchKnowledge {
  const byTag = Map.groupBy(
    Object.entries(known.lines) as readonly [LineKey, LineKnowledge][],
    ([, { standsOn }]) => standsOn ?? '',
  )
  let left = over
  const gone = new Set<string>()
  for (const tag of [...byTag.keys()].sort((a, b) => weight(b) - weight(a))) {
    if (left <= 0) break
    left -= weight(tag)
    gone.add(tag)
  }
  const lines = Object.entries(known.lines).map(([line, before]) => {
    const isGone = before.standsOn !== null && gone.has(before.standsOn)
    return [line, isGone ? { standsOn: null, waiting: [], isLost: true } : before] as const
  })
  const waiting = new Set(lines.flatMap(([, line]) => line.waiting))
  return {
    ...known,
    lines: Object.fromEntries(lines),
    releases: known.releases.filter(({ tag }) => waiting.has(tag)),
  }
}

function weight(value: unknown): number {
  return byteLength(JSON.stringify(value)) + 1
}

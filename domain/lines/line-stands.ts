import { forgetSeen } from '../choose-release-memory.ts'
import type { LineKey, LineStand, WatchKnowledge } from '../watch.ts'
import type { LineReader } from './line-reader.ts'
import { addSkipped } from './skipped-rows.ts'

const mostEarlier = 3
const mostGone = 10

/** What bounds a line, after the tags that do not count any more are left out. */
export interface Bound {
  readonly standsOn: string | null
  readonly stand: LineStand | undefined
}

/**
 * What a line stands on by its rules as they are: only a tag that they take bounds it. Where they do not take the one it
 * stood on, the newest earlier one that they take does, and the whole feed is judged anew.
 */
export function boundBy(reader: LineReader, { standsOn, stand }: Bound): Bound {
  if (standsOn === null || reader.takes(standsOn)) return { standsOn, stand }
  const earlier = (stand?.earlier ?? []).filter(reader.takes)
  return fallBack(earlier, { because: 'rules', note: standsOn })
}

/** What is known once a line stands on another release, because it was run by hand or someone set it. */
export function moveStand(
  known: WatchKnowledge,
  line: LineKey,
  to: { readonly tag: string; readonly stand: Pick<LineStand, 'because' | 'note' | 'again'> },
): WatchKnowledge {
  const before = known.lines[line] ?? { standsOn: null, waiting: [] }
  const earlier = addEarlier(known.stands?.[line], before.standsOn === to.tag ? null : before.standsOn)
  return {
    ...known,
    lines: {
      ...known.lines,
      [line]: { standsOn: to.tag, waiting: before.waiting.filter((tag) => tag !== to.tag) },
    },
    stands: { ...known.stands, [line]: { ...to.stand, ...earlierOf(earlier) } },
  }
}

/** How a line stands after a release was sent to it. */
export function standOfSent({ standsOn, stand }: Bound): LineStand {
  return { because: 'sent', ...earlierOf(addEarlier(stand, standsOn)) }
}

/**
 * What is known after someone accepted that a tag is gone: it bounds no line, waits for none, and is a new release when it
 * returns. The lines that stood on it stand on what they stood on before.
 */
export function withoutTag(known: WatchKnowledge, tag: string): WatchKnowledge {
  const stands = new Map(Object.entries(known.stands ?? {}) as [LineKey, LineStand][])
  const waited: LineKey[] = []
  const lines = (Object.entries(known.lines) as [LineKey, WatchKnowledge['lines'][LineKey]][]).map(
    ([line, before]) => {
      const stand = stands.get(line)
      const earlier = (stand?.earlier ?? []).filter((each) => each !== tag)
      if (stand !== undefined) stands.set(line, { ...withoutEarlier(stand), ...earlierOf(earlier) })
      if (before.waiting.includes(tag)) waited.push(line)
      const waiting = before.waiting.filter((each) => each !== tag)
      if (before.standsOn !== tag) return [line, { ...before, waiting }] as const
      const bound = fallBack(earlier, { because: 'gone', note: tag })
      if (bound.stand !== undefined) stands.set(line, bound.stand)
      return [line, { ...before, standsOn: bound.standsOn, waiting }] as const
    },
  )
  const left =
    waited.length === 0 ? [] : [{ lines: waited, tag, reason: 'withdrawn: upstream deleted the tag' }]
  return {
    ...known,
    lines: Object.fromEntries(lines),
    ...(stands.size === 0 ? {} : { stands: Object.fromEntries(stands) }),
    releases: known.releases.filter((release) => release.tag !== tag),
    seen: forgetSeen(known.seen, [tag]),
    skipped: addSkipped(known.skipped, left, lines.length),
    gone: [...(known.gone ?? []).filter((each) => each !== tag), tag].slice(-mostGone),
  }
}

function fallBack(earlier: readonly string[], why: Required<Pick<LineStand, 'because' | 'note'>>): Bound {
  const standsOn = earlier.at(-1) ?? null
  return { standsOn, stand: { ...why, ...earlierOf(earlier.slice(0, -1)), again: true } }
}

function addEarlier(stand: LineStand | undefined, standsOn: string | null): readonly string[] {
  const earlier = stand?.earlier ?? []
  if (standsOn === null) return earlier
  return [...earlier.filter((tag) => tag !== standsOn), standsOn].slice(-mostEarlier)
}

function earlierOf(earlier: readonly string[]): Pick<LineStand, 'earlier'> {
  return earlier.length === 0 ? {} : { earlier }
}

function withoutEarlier({ earlier: _, ...stand }: LineStand): LineStand {
  return stand
}

import type { PinnedRelease } from '../release.ts'
import type { MovedTag, WatchKnowledge } from '../watch.ts'
import { acceptSeenTag } from './seen-tags.ts'

/** The tags of the upstream repository at one moment, by name. */
export type RepositoryTags = ReadonlyMap<string, PinnedRelease>

const mostPins = 50
const mostAlarms = 20

/**
 * Compares what was seen first with what the repository has now, and pins what was not seen before. A tag that moved or is
 * gone stays as it was first seen, and an alarm says so.
 */
export function comparePins<T extends Pick<WatchKnowledge, 'pins' | 'alarms'>>(
  known: T,
  tags: RepositoryTags,
  options: { readonly wanted: readonly string[]; readonly at: string },
): T {
  const alarms = known.pins.flatMap((before): readonly MovedTag[] => {
    const after = tags.get(before.tag) ?? null
    if (after !== null && same(before, after)) return []
    const standing = known.alarms.find(({ tag }) => tag === before.tag)
    if (standing && (standing.after === after || (standing.after && after && same(standing.after, after))))
      return []
    return [{ tag: before.tag, before, after, at: options.at }]
  })
  const pinned = new Set(known.pins.map(({ tag }) => tag))
  const fresh = [...new Set(options.wanted)].flatMap((tag) => (pinned.has(tag) ? [] : (tags.get(tag) ?? [])))
  if (alarms.length === 0 && fresh.length === 0) return known
  const again = new Set(alarms.map(({ tag }) => tag))
  const kept = new Set(options.wanted)
  const all = [...known.pins, ...fresh]
  let surplus = all.length - mostPins
  return {
    ...known,
    // The oldest go first, and what is still wanted stays.
    pins: all.filter(({ tag }) => kept.has(tag) || surplus-- <= 0).slice(-mostPins),
    alarms: [...known.alarms.filter(({ tag }) => !again.has(tag)), ...alarms].slice(0, mostAlarms),
  }
}

/** What a watch knows after a person has accepted a tag as it is now; null when there is no such alarm. */
export function acceptMovedTag<T extends Pick<WatchKnowledge, 'pins' | 'alarms' | 'seenTags'>>(
  known: T,
  accepted: { readonly tag: string; readonly tagObject: string | null },
): T | null {
  const alarm = known.alarms.find(
    ({ tag, after }) => tag === accepted.tag && (after?.tagObject ?? null) === accepted.tagObject,
  )
  if (alarm === undefined) return null
  return {
    ...known,
    ...(known.seenTags === undefined ? {} : { seenTags: acceptSeenTag(known.seenTags, alarm) }),
    alarms: known.alarms.filter((each) => each !== alarm),
    pins: known.pins.flatMap((pin) => (pin.tag === alarm.tag ? (alarm.after ?? []) : pin)),
  }
}

/** The tags that raise an alarm now and did not before, or have moved once more since. */
export function newAlarms(
  before: Pick<WatchKnowledge, 'alarms'> | null,
  now: Pick<WatchKnowledge, 'alarms'>,
): readonly string[] {
  const standing = new Set(before?.alarms.map(({ tag, at }) => `${tag} ${at}`))
  return now.alarms.filter(({ tag, at }) => !standing.has(`${tag} ${at}`)).map(({ tag }) => tag)
}

function same(one: PinnedRelease, other: PinnedRelease): boolean {
  return one.tagObject === other.tagObject && one.commit === other.commit
}

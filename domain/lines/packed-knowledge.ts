import { byteLength } from '../byte-length.ts'
import type { LineKey, LineKnowledge, WatchKnowledge } from '../watch.ts'

/** What a watch knows as it travels in messages: each tag of a line stands there once, however many lines share it. */
export interface PackedKnowledge extends Omit<WatchKnowledge, 'lines'> {
  readonly tags: readonly string[]
  /** Places in `tags`: what the line stands on, -1 for nothing, -2 for what was too much; then what it waits with. */
  readonly lines: Readonly<Record<LineKey, readonly number[]>>
}

const nothing = -1
const lost = -2

/** Packs what is known for a message. */
export function packKnowledge(known: WatchKnowledge): PackedKnowledge {
  const places = new Map<string, number>()
  const placeOf = (tag: string): number => {
    const place = places.get(tag) ?? places.size
    places.set(tag, place)
    return place
  }
  const lines = Object.entries(known.lines).map(([line, { standsOn, waiting, isLost }]) => {
    const stand = isLost ? lost : standsOn === null ? nothing : placeOf(standsOn)
    return [line, [stand, ...waiting.map(placeOf)]] as const
  })
  return { ...known, lines: Object.fromEntries(lines), tags: [...places.keys()] }
}

/** Undoes packKnowledge. */
export function unpackKnowledge({ tags, ...known }: PackedKnowledge): WatchKnowledge {
  const lines = Object.entries(known.lines).map(
    ([line, [stand = nothing, ...waiting]]): [string, LineKnowledge] => {
      const standing = { standsOn: tags[stand] ?? null, waiting: waiting.map((place) => tags[place] ?? '') }
      return [line, stand === lost ? { ...standing, isLost: true } : standing]
    },
  )
  return { ...known, lines: Object.fromEntries(lines) }
}

/** The bytes that a message with it takes, at most. */
export function packedBytes(known: WatchKnowledge): number {
  return byteLength(JSON.stringify(packKnowledge(known)))
}

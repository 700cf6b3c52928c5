import { byteLength } from '../byte-length.ts'
import {
  type LineKey,
  type LineKnowledge,
  type LineStand,
  standReasons,
  type WatchKnowledge,
} from '../watch.ts'

/** What a watch knows as it travels in messages: each tag of a line stands there once, however many lines share it. */
export interface PackedKnowledge extends Omit<WatchKnowledge, 'lines' | 'stands'> {
  readonly tags: readonly string[]
  /** Places in `tags`: what the line stands on, -1 for nothing, -2 for what was too much; then what it waits with. */
  readonly lines: Readonly<Record<LineKey, readonly number[]>>
  /** Why lines stand there: a place in the list of reasons, 100 more where all is judged anew, then places in `tags`. */
  readonly stands?: Readonly<Record<LineKey, readonly number[]>>
  /** The notes of these reasons. */
  readonly notes?: Readonly<Record<LineKey, string>>
}

const anew = 100

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
  const { stands, notes } = packStands(known.stands ?? {}, placeOf)
  // The key stays where it is: what is packed and unpacked keeps its order.
  const rest: Omit<WatchKnowledge, 'stands'> = known
  return {
    ...rest,
    lines: Object.fromEntries(lines),
    ...(known.stands === undefined ? {} : { stands }),
    ...(Object.keys(notes).length === 0 ? {} : { notes }),
    tags: [...places.keys()],
  }
}

function packStands(
  stands: NonNullable<WatchKnowledge['stands']>,
  placeOf: (tag: string) => number,
): Required<Pick<PackedKnowledge, 'stands' | 'notes'>> {
  const all = Object.entries(stands)
  const packed = all.map(([line, { because, earlier = [], again }]) => {
    const reason = standReasons.indexOf(because) + (again ? anew : 0)
    return [line, [reason, ...earlier.map(placeOf)]] as const
  })
  const notes = all.flatMap(([line, { note }]) => (note === undefined ? [] : [[line, note] as const]))
  return { stands: Object.fromEntries(packed), notes: Object.fromEntries(notes) }
}

/** Undoes packKnowledge. */
export function unpackKnowledge({ tags, notes, ...known }: PackedKnowledge): WatchKnowledge {
  const lines = Object.entries(known.lines).map(
    ([line, [stand = nothing, ...waiting]]): [string, LineKnowledge] => {
      const standing = { standsOn: tags[stand] ?? null, waiting: waiting.map((place) => tags[place] ?? '') }
      return [line, stand === lost ? { ...standing, isLost: true } : standing]
    },
  )
  const { stands, ...rest } = known
  if (stands === undefined) return { ...rest, lines: Object.fromEntries(lines) }
  const all = Object.entries(stands).map(([line, [code = 0, ...places]]): [string, LineStand] => {
    const note = notes?.[line as LineKey]
    const earlier = places.map((place) => tags[place] ?? '')
    const stand: LineStand = {
      because: standReasons[code % anew] ?? 'sent',
      ...(note === undefined ? {} : { note }),
      ...(earlier.length === 0 ? {} : { earlier }),
      ...(code >= anew && { again: true }),
    }
    return [line, stand]
  })
  return { ...known, lines: Object.fromEntries(lines), stands: Object.fromEntries(all) }
}

/** The bytes that a message with it takes, at most. */
export function packedBytes(known: WatchKnowledge): number {
  return byteLength(JSON.stringify(packKnowledge(known)))
}

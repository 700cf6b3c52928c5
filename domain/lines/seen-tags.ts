import { byteLength } from '../byte-length.ts'
import type { PinnedRelease, SeenTag } from '../release.ts'
import type { MovedTag, WatchKnowledge } from '../watch.ts'
import type { LineReader } from './line-reader.ts'
import { newestByTurns } from './newest-by-turns.ts'

/** As many tags as are remembered beside the pins, and the bytes of JSON that they take, at most. */
const mostTags = 1_000
const mostBytes = 24_000
const mostAlarms = 20

type SeenKnowledge = Pick<WatchKnowledge, 'pins' | 'alarms' | 'seenTags'>

/**
 * Compares the tags of the upstream repository with what was first seen of them, and remembers those that are new: the
 * newest that some line reads as a version, by turns of the lines. A tag that moved or is gone stays as it was first seen.
 * Invariant: the same object when nothing was learned.
 */
export function compareSeenTags<T extends SeenKnowledge>(
  known: T,
  tags: ReadonlyMap<string, PinnedRelease>,
  options: { readonly readers: readonly LineReader[]; readonly at: string; readonly bytes: number },
): T {
  const before = readSeenTags(known.seenTags)
  const names = [...new Set([...tags.keys(), ...before.keys()])]
  const newest = newestByTurns(
    options.readers.map((reader) =>
      names.filter(reader.isVersion).sort((one, other) => reader.compare(other, one)),
    ),
    mostTags,
  )
  const kept = [...newest].flatMap((tag) => before.get(tag) ?? seenTag(tags.get(tag)) ?? [])
  const pinned = new Set(known.pins.map(({ tag }) => tag))
  const alarms = kept.flatMap((seen): readonly MovedTag[] => {
    const after = tags.get(seen.tag) ?? null
    if (pinned.has(seen.tag) || after?.tagObject === seen.tagObject) return []
    const standing = known.alarms.find(({ tag }) => tag === seen.tag)
    if (standing && standing.after?.tagObject === after?.tagObject) return []
    return [{ tag: seen.tag, before: seen, after, at: options.at }]
  })
  const seenTags = writeSeenTags(kept, Math.min(mostBytes, options.bytes))
  if (alarms.length === 0) return seenTags === (known.seenTags ?? '') ? known : { ...known, seenTags }
  const again = new Set(alarms.map(({ tag }) => tag))
  return {
    ...known,
    seenTags,
    alarms: [...known.alarms.filter(({ tag }) => !again.has(tag)), ...alarms].slice(0, mostAlarms),
  }
}

/** What is remembered of a tag after a person took it as it is now; null for one that is gone. */
export function acceptSeenTag(seenTags: string, { tag, after }: Pick<MovedTag, 'tag' | 'after'>): string {
  const rows = [...readSeenTags(seenTags).values()]
  return writeSeenTags(
    rows.flatMap((row) => (row.tag === tag ? (seenTag(after ?? undefined) ?? []) : row)),
    mostBytes,
  )
}

/** The same without its oldest tags, as many as weigh so many bytes. */
export function dropSeenTags(seenTags: string, over: number): string {
  return writeSeenTags([...readSeenTags(seenTags).values()], weight(seenTags) - over)
}

/** Tags as they were first seen, by name, newest first. */
export function readSeenTags(seenTags = ''): ReadonlyMap<string, SeenTag> {
  const rows = seenTags === '' ? [] : seenTags.split(' ')
  return new Map(
    rows.flatMap((row) => {
      // What no tag may hold parts the name from the object: `~` where that is the commit itself.
      const [, tag, kind, packed] = /^(.+)([:~])([\w-]+)$/.exec(row) ?? []
      if (tag === undefined || packed === undefined) return []
      const tagObject = unpackOid(packed)
      return [[tag, { tag, tagObject, commit: kind === '~' ? tagObject : null }] as const]
    }),
  )
}

function writeSeenTags(tags: readonly SeenTag[], bytes: number): string {
  let left = bytes - 2
  const rows = tags.map(
    ({ tag, tagObject, commit }) => `${tag}${commit === tagObject ? '~' : ':'}${packOid(tagObject)}`,
  )
  const cut = rows.findIndex((row) => {
    left -= weight(row) - 1
    return left < 0
  })
  return (cut === -1 ? rows : rows.slice(0, cut)).join(' ')
}

function seenTag(found: PinnedRelease | undefined): SeenTag | undefined {
  if (found === undefined) return undefined
  const { tag, tagObject, commit } = found
  return { tag, tagObject, commit: commit === tagObject ? commit : null }
}

const digits = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'

/** Three hexadecimal digits as two of 64; one that is left over as one. */
function packOid(oid: string): string {
  return oid.replaceAll(/[0-9a-f]{3}|[0-9a-f]$/g, (part) => {
    const value = Number.parseInt(part, 16)
    return part.length === 1
      ? (digits[value] ?? '')
      : `${digits[value >> 6] ?? ''}${digits[value & 63] ?? ''}`
  })
}

function unpackOid(packed: string): string {
  return packed.replaceAll(/..|.$/g, (part) => {
    const value = [...part].reduce((sum, digit) => sum * 64 + digits.indexOf(digit), 0)
    return value.toString(16).padStart(part.length === 1 ? 1 : 3, '0')
  })
}

function weight(text: string): number {
  return byteLength(JSON.stringify(text))
}

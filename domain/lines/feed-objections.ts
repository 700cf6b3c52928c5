import type { FeedRelease } from '../release.ts'
import type { FeedObjection, NoticedRelease, WatchKnowledge } from '../watch.ts'

/** What a feed says at one moment. */
export interface FeedWords {
  /** Every entry that is a release, by tag; null when the feed was not read. */
  readonly listed: ReadonlyMap<string, FeedRelease> | null
  /** Entries that are releases no more, by tag, with the reason as a clause. */
  readonly withdrawn: ReadonlyMap<string, string>
}

/**
 * Why a release that the feed had shown is withdrawn by its newest word, as a clause; null where it is not. One that is
 * missing is withdrawn only where the feed still shows something older: many feeds show the newest few.
 */
export function withdrawal(
  release: Pick<NoticedRelease, 'tag' | 'publishedAt'>,
  { listed, withdrawn }: FeedWords,
  isOlder: (tag: string, than: string) => boolean,
): string | null {
  const why = withdrawn.get(release.tag)
  if (why !== undefined) return why
  if (listed === null || listed.has(release.tag)) return null
  const born = release.publishedAt === null ? Number.NaN : Date.parse(release.publishedAt)
  for (const other of listed.values()) {
    const time = other.publishedAt === null ? Number.NaN : Date.parse(other.publishedAt)
    const isBefore = Number.isNaN(born) || Number.isNaN(time) ? isOlder(other.tag, release.tag) : time < born
    if (isBefore) return 'the feed does not list it any more'
  }
  return null
}

/** What the feed says now against releases that were sent. Invariant: the same value when it says nothing else. */
export function objectionsNow(
  { sent = [], withdrawn: before }: Pick<WatchKnowledge, 'sent' | 'withdrawn'>,
  words: FeedWords,
  isOlder: (tag: string, than: string) => boolean,
): WatchKnowledge['withdrawn'] {
  const { listed } = words
  if (listed === null) return before
  const now = sent.flatMap((release): readonly FeedObjection[] => {
    const { tag } = release
    const why = withdrawal(release, words, isOlder)
    if (why !== null) return [{ tag, kind: 'withdrawn', why }]
    if (listed.get(tag)?.prerelease !== true) return []
    return [{ tag, kind: 'pre-release', why: 'the feed marks it as a pre-release' }]
  })
  return JSON.stringify(now) === JSON.stringify(before ?? []) ? before : now
}

/** The releases against which a feed says something else than before; null where it has taken that back. */
export function newObjections(
  before: Pick<WatchKnowledge, 'withdrawn'> | null,
  now: Pick<WatchKnowledge, 'withdrawn'>,
): readonly { readonly tag: string; readonly objection: FeedObjection | null }[] {
  const [old, fresh] = [before?.withdrawn ?? [], now.withdrawn ?? []]
  const same = (one: FeedObjection) => (other: FeedObjection) => JSON.stringify(one) === JSON.stringify(other)
  const said = fresh.filter((one) => !old.some(same(one))).map((one) => ({ tag: one.tag, objection: one }))
  const gone = old.filter(({ tag }) => !fresh.some((each) => each.tag === tag))
  return [...said, ...gone.map(({ tag }) => ({ tag, objection: null }))]
}

import { unseenOf } from '../choose-release-memory.ts'
import { holdOn } from '../hold.ts'
import type { FeedRelease } from '../release.ts'
import { type Exec, execUnguarded } from '../version/exec.ts'
import type { TagReaderOptions } from '../version/tag-reader.ts'
import type { LineKey, NoticedRelease, WatchKnowledge } from '../watch.ts'
import { distinctReleases } from './distinct-releases.ts'
import { type FeedWords, objectionsNow } from './feed-objections.ts'
import { roomForSeenTags } from './fit-knowledge.ts'
import { learn, roomForReports, standsOf, tagsOf } from './learn-choice.ts'
import { type LineReader, lineReader } from './line-reader.ts'
import type { LineRules } from './line-rules.ts'
import { boundBy } from './line-stands.ts'
import { beginTurn, idleTurn, type LineTurn, takeTurn } from './line-turn.ts'
import { noticeReleases } from './notice-releases.ts'
import { comparePins, type RepositoryTags } from './pins.ts'
import { mostEntries, relevantEntries, type Wish } from './relevant-entries.ts'
import { compareSeenTags } from './seen-tags.ts'
import { grantPlaces } from './waiting-places.ts'

export interface LinesInput {
  readonly known: WatchKnowledge
  /** What the feed holds, in any order, number and repetition; null when it was not read or says that nothing changed. */
  readonly observed: readonly FeedRelease[] | null
  /** Entries of the feed that name no tag, or two different ones. */
  readonly problems?: readonly string[]
  /** Entries that are releases no more, by tag, with the reason as a clause. */
  readonly withdrawn?: ReadonlyMap<string, string>
  /** The rules of every line there is now. */
  readonly rules: readonly LineRules[]
  /** A regular expression for security releases. */
  readonly security?: string | undefined
  /** Milliseconds since 1970. */
  readonly now: number
  /** Whether the attempt of what a line stands on still runs. Asked of lines that go step by step. */
  readonly isBusy?: (line: LineKey) => boolean
  /** The tags of the upstream repository; null when nobody has looked. */
  readonly tags?: RepositoryTags | null
  /** Where a tag of the upstream repository stands among the others; needed where a line has the scheme `commit`. */
  readonly positionOf?: TagReaderOptions['positionOf']
  readonly exec?: Exec
}

/** A release to start, and the lines to start it for. */
export interface LineStart {
  readonly release: NoticedRelease
  readonly lines: readonly LineKey[]
  /** The tag was deleted before, and someone accepted that: an attempt of the old one is no reason against this one. */
  readonly returned?: true
}

export interface LinesChoice {
  /** Invariant: the same object when nothing was learned. */
  readonly known: WatchKnowledge
  /** Oldest first where the feed gives an order; a line is named at most once. */
  readonly starts: readonly LineStart[]
  /** Releases that some line takes and that nobody has looked up in the upstream repository yet. */
  readonly unpinned: readonly string[]
  /** Lines that take their next release once the attempt of the one before has ended. */
  readonly stepping: readonly LineKey[]
  /** When a release that waits is due, in milliseconds since 1970; null when none waits for a time. */
  readonly dueAt: number | null
}

/**
 * Decides for every line what starts, what waits and what is left out. Total: each release observed is started, waits, is
 * left out with a reason, or stays unseen for want of room and is looked at again.
 * Invariant: a line gets no release twice, and none that is older than what it stands on.
 */
export function chooseForLines(input: LinesInput): LinesChoice {
  const { now, rules, tags = null, exec = execUnguarded } = input
  const at = new Date(now).toISOString()
  const readings = new Map()
  const options = { exec, readings, ...(input.positionOf ? { positionOf: input.positionOf } : {}) }
  const makeReaders = () => rules.map(({ tags: tagRules }) => lineReader(tagRules, options))
  const all = input.observed === null ? null : distinctReleases(input.observed)
  const observed =
    all === null || all.length <= mostEntries ? all : relevantEntries(all, wishes(makeReaders(), input))
  const fresh = new Map(unseenOf(observed ?? [], input.known.seen).map((release) => [release.tag, release]))
  const words: FeedWords = {
    listed: all && new Map(all.map((release) => [release.tag, release])),
    withdrawn: input.withdrawn ?? new Map(),
  }
  const objections = objectionsNow(input.known, words, isOlderBy(makeReaders))
  if (objections === input.known.withdrawn && isIdle(input, fresh, makeReaders))
    return { known: input.known, starts: [], unpinned: [], stepping: [], dueAt: null }
  const readers = makeReaders()
  const isAnew = rules.some((group, index) => judgesAnew(group, readers[index] as LineReader, input.known))
  const news = isAnew && observed !== null ? new Map(observed.map((one) => [one.tag, one])) : fresh
  const notice = { observed: observed ?? [], fresh: news, security: input.security, at, exec }
  const noticed = noticeReleases(input.known.releases, notice)
  const first = turnsWith(input.known, 'before-look')
  const wanted = wantedTags(first, input.known)
  const pinned = tags === null ? input.known : compareTags(tags)
  const turns = tags === null || wanted.length === 0 ? first : turnsWith(pinned, 'after-look')
  const dues = turns.flatMap(({ dueAt }) => dueAt ?? [])
  return {
    known: learn(input, {
      pinned,
      observed,
      entries: all?.length ?? 0,
      fresh,
      noticed,
      turns,
      objections,
      at,
    }),
    starts: startsOf(turns, noticed, input.known.gone ?? []),
    unpinned: wanted.filter((tag) => !pinned.pins.some((pin) => pin.tag === tag)),
    stepping: turns.filter(({ asksForEnd }) => asksForEnd).flatMap(({ lines }) => lines),
    dueAt: dues.length === 0 ? null : Math.min(...dues),
  }

  function compareTags(there: RepositoryTags): WatchKnowledge {
    const pinned = comparePins(input.known, there, { wanted: [...standsOf(first), ...wanted], at })
    const bytes = roomForSeenTags(pinned) - roomForReports
    return compareSeenTags(pinned, there, { readers, at, bytes })
  }

  function turnsWith(pinned: WatchKnowledge, stage: 'before-look' | 'after-look'): readonly LineTurn[] {
    const shared = { fresh, words, observed, noticed, known: pinned, now, looked: stage === 'after-look' }
    return rules.flatMap((group, index) => {
      const reader = readers[index] as LineReader
      return alike(group, input).flatMap(([lines, busy]): LineTurn | readonly LineTurn[] => {
        const before = input.known.lines[lines[0]]
        const stand = input.known.stands?.[lines[0]]
        if (before !== undefined && !before.isLost) {
          return takeTurn(lines, { ...shared, rules: group, reader, before, stand, busy })
        }
        if (observed !== null) return beginTurn(lines, reader, observed)
        return before === undefined ? [] : idleTurn(lines, before, stand)
      })
    })
  }
}

/** Whether a tag is older than another by the rules of any line that reads both. */
function isOlderBy(makeReaders: () => readonly LineReader[]): (tag: string, than: string) => boolean {
  let readers: readonly LineReader[] | null = null
  return (tag, than) => {
    readers ??= makeReaders()
    return readers.some(
      (reader) => reader.isVersion(tag) && reader.isVersion(than) && reader.compare(tag, than) < 0,
    )
  }
}

/** What the lines of each group look for in a feed. */
function wishes(readers: readonly LineReader[], { rules, known }: LinesInput): readonly Wish[] {
  return readers.map((reader, index) => {
    const { step = 'latest', lines = [] } = rules[index] ?? {}
    const begun = lines.flatMap((line) => known.lines[line] ?? []).filter(({ isLost }) => !isLost)
    if (step === 'latest' || begun.length === 0) return { reader }
    const stands = begun.map(({ standsOn }) => standsOn)
    return {
      reader,
      stepsFrom: stands.reduce((low, one) =>
        low === null || one === null ? null : reader.compare(one, low) < 0 ? one : low,
      ),
    }
  })
}

/** The lines of a group, those together of which the same will be decided, and whether their attempts still run. */
function alike(
  group: LineRules,
  { known, isBusy, now }: LinesInput,
): readonly (readonly [LineTurn['lines'], boolean])[] {
  const at = new Date(now).toISOString()
  const parts = new Map<string, [[LineKey, ...LineKey[]], boolean]>()
  for (const line of group.lines) {
    const busy = group.step !== 'latest' && (isBusy?.(line) ?? false)
    const hold = known.holds.length === 0 ? null : holdOn(known.holds, line, at)
    const key = JSON.stringify([known.lines[line] ?? null, known.stands?.[line] ?? null, hold, busy])
    const part = parts.get(key)
    if (part === undefined) parts.set(key, [[line], busy])
    else part[0].push(line)
  }
  return [...parts.values()]
}

/** Whether no rule need be read: most polls find nothing, and there may be thousands of watches. */
function isIdle(
  { known, observed, rules, tags, problems, positionOf }: LinesInput,
  fresh: ReadonlyMap<string, FeedRelease>,
  makeReaders: () => readonly LineReader[],
): boolean {
  if (fresh.size > 0 || known.releases.length > 0 || (tags ?? null) !== null) return false
  if (observed === null) return true
  const hasProblems = (problems ?? known.problems).length > 0
  const isKnown = (line: LineKey) =>
    known.lines[line] !== undefined && !known.lines[line].isLost && !known.stands?.[line]?.again
  if (hasProblems !== known.problems.length > 0 || !rules.every(({ lines }) => lines.every(isKnown)))
    return false
  // Without places nothing can be said by commits; they are looked up where there is something to decide.
  if (rules.some(({ tags: { scheme } }) => scheme === 'commit') && positionOf === undefined) return true
  const readers = makeReaders()
  return !rules.some((group, index) => judgesAnew(group, readers[index] as LineReader, known))
}

/** Whether a line of a group stands on what does not bound it any more, so that the whole feed is judged anew. */
function judgesAnew({ lines }: LineRules, reader: LineReader, known: WatchKnowledge): boolean {
  return lines.some((line) => {
    const before = known.lines[line]
    if (before === undefined || before.isLost) return false
    const { stand } = boundBy(reader, { standsOn: before.standsOn, stand: known.stands?.[line] })
    return stand?.again === true
  })
}

/** The tags that must be pinned: those that start now, and those that are to be remembered as waiting. */
function wantedTags(turns: readonly LineTurn[], known: WatchKnowledge): readonly string[] {
  const places = grantPlaces(turns, tagsOf(known.releases))
  return [...new Set([...places, ...turns.flatMap(({ start }) => start ?? [])])]
}

function startsOf(
  turns: readonly LineTurn[],
  noticed: ReadonlyMap<string, NoticedRelease>,
  gone: readonly string[],
): readonly LineStart[] {
  const byTag = new Map<string, LineKey[]>()
  for (const { lines, start } of turns) {
    if (start !== null) byTag.set(start, [...(byTag.get(start) ?? []), ...lines])
  }
  return [...byTag].flatMap(([tag, lines]) => {
    const release = noticed.get(tag)
    return release === undefined
      ? []
      : { release, lines, ...(gone.includes(tag) && { returned: true as const }) }
  })
}

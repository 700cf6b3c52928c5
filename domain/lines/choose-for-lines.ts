import { rememberSeen, unseenOf } from '../choose-release-memory.ts'
import { holdOn } from '../hold.ts'
import type { FeedRelease } from '../release.ts'
import { type Exec, execUnguarded } from '../version/exec.ts'
import type { TagReaderOptions } from '../version/tag-reader.ts'
import type { LineKey, LineKnowledge, NoticedRelease, WatchKnowledge } from '../watch.ts'
import { distinctReleases } from './distinct-releases.ts'
import { fitKnowledge, roomForSeen, roomForSeenTags } from './fit-knowledge.ts'
import { type LineReader, lineReader } from './line-reader.ts'
import type { LineRules } from './line-rules.ts'
import { beginTurn, idleTurn, type LineTurn, takeTurn } from './line-turn.ts'
import { noticeReleases } from './notice-releases.ts'
import { comparePins, type RepositoryTags } from './pins.ts'
import { mostEntries, relevantEntries, type Wish } from './relevant-entries.ts'
import { compareSeenTags } from './seen-tags.ts'
import { addSkipped } from './skipped-rows.ts'
import { grantPlaces, keepPlaced } from './waiting-places.ts'

export interface LinesInput {
  readonly known: WatchKnowledge
  /** What the feed holds, in any order, number and repetition; null when it was not read or says that nothing changed. */
  readonly observed: readonly FeedRelease[] | null
  /** Entries of the feed that name no tag, or two different ones. */
  readonly problems?: readonly string[]
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

const mostProblems = 5
const mostDispatched = 50
/** Bytes that the reports of one choice may add. */
const roomForReports = 4_000

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
  if (isIdle(input, fresh)) return { known: input.known, starts: [], unpinned: [], stepping: [], dueAt: null }
  const notice = { observed: observed ?? [], fresh, security: input.security, at, exec }
  const noticed = noticeReleases(input.known.releases, notice)
  const readers = makeReaders()
  const first = turnsWith(input.known, 'before-look')
  const wanted = wantedTags(first, input.known)
  const pinned = tags === null ? input.known : compareTags(tags)
  const turns = tags === null || wanted.length === 0 ? first : turnsWith(pinned, 'after-look')
  const dues = turns.flatMap(({ dueAt }) => dueAt ?? [])
  return {
    known: learn(input, { pinned, observed, entries: all?.length ?? 0, fresh, noticed, turns, at }),
    starts: startsOf(turns, noticed),
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
    const shared = { fresh, noticed, known: pinned, now, looked: stage === 'after-look' }
    return rules.flatMap((group, index) => {
      const reader = readers[index] as LineReader
      return alike(group, input).flatMap(([lines, busy]): LineTurn | readonly LineTurn[] => {
        const before = input.known.lines[lines[0]]
        if (before !== undefined && !before.isLost) {
          return takeTurn(lines, { ...shared, rules: group, reader, before, busy })
        }
        if (observed !== null) return beginTurn(lines, reader, observed)
        return before === undefined ? [] : idleTurn(lines, before)
      })
    })
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
    const key = JSON.stringify([known.lines[line] ?? null, hold, busy])
    const part = parts.get(key)
    if (part === undefined) parts.set(key, [[line], busy])
    else part[0].push(line)
  }
  return [...parts.values()]
}

/** Whether no rule need be read: most polls find nothing, and there may be thousands of watches. */
function isIdle(
  { known, observed, rules, tags, problems }: LinesInput,
  fresh: ReadonlyMap<string, FeedRelease>,
): boolean {
  if (fresh.size > 0 || known.releases.length > 0 || (tags ?? null) !== null) return false
  if (observed === null) return true
  const hasProblems = (problems ?? known.problems).length > 0
  const isKnown = (line: LineKey) => known.lines[line] !== undefined && !known.lines[line].isLost
  return hasProblems === known.problems.length > 0 && rules.every(({ lines }) => lines.every(isKnown))
}

/** The tags that must be pinned: those that start now, and those that are to be remembered as waiting. */
function wantedTags(turns: readonly LineTurn[], known: WatchKnowledge): readonly string[] {
  const places = grantPlaces(turns, tagsOf(known.releases))
  return [...new Set([...places, ...turns.flatMap(({ start }) => start ?? [])])]
}

function standsOf(turns: readonly LineTurn[]): readonly string[] {
  return turns.flatMap(({ after }) => after.standsOn ?? [])
}

interface Turned {
  readonly pinned: WatchKnowledge
  readonly observed: readonly FeedRelease[] | null
  /** How many entries there were, with those that are not looked at. */
  readonly entries: number
  readonly fresh: ReadonlyMap<string, FeedRelease>
  readonly noticed: ReadonlyMap<string, NoticedRelease>
  readonly turns: readonly LineTurn[]
  readonly at: string
}

/** What the watch knows after all lines had their turn. */
function learn(input: LinesInput, turned: Turned): WatchKnowledge {
  const { pinned, observed, entries, fresh, noticed, turns, at } = turned
  const { known } = input
  const places = grantPlaces(turns, tagsOf(known.releases))
  const later = new Set<string>()
  const lines = turns.flatMap((turn) => {
    const waiting = keepPlaced(turn.after.waiting, places)
    for (const tag of turn.after.waiting.slice(waiting.length)) later.add(tag)
    return turn.lines.map((line) => [line, { ...turn.after, waiting }] as const)
  })
  const waiting = new Set(lines.flatMap(([, line]) => line.waiting))
  const starts = [...new Set(turns.flatMap(({ start }) => start ?? []))]
  const first = observed !== null && known.seen.length === 0 && Object.keys(known.lines).length === 0
  const isNoticed = first || starts.length > 0 || [...waiting].some((tag) => fresh.has(tag))
  const rest: WatchKnowledge = {
    ...pinned,
    lines: Object.fromEntries(lines),
    releases: [...noticed.values()].filter(({ tag }) => waiting.has(tag)),
    dispatched:
      starts.length === 0 ? known.dispatched : [...known.dispatched, ...starts].slice(-mostDispatched),
    problems: problemsOf(input),
    newsAt: isNoticed ? at : known.newsAt,
    lookedAt: input.tags ? at : known.lookedAt,
    ...(first ? { skippedAtFirst: entries - new Set(standsOf(turns)).size } : {}),
  }
  const handled = [...fresh.keys()].filter((tag) => !later.has(tag))
  const begun = lines.some(([line]) => known.lines[line] === undefined)
  const seen =
    handled.length > 0 || begun ? remembered(known.seen, tagsOf(observed ?? []), { later, rest }) : known.seen
  // What cannot be remembered is not reported either: it would be news again at every poll.
  const forgotten = new Set(tagsOf(unseenOf([...fresh.values()], seen)))
  const left = turns.flatMap((turn) =>
    turn.skipped.filter(({ tag }) => !forgotten.has(tag)).map((row) => ({ lines: turn.lines, ...row })),
  )
  const next = fitKnowledge({ ...rest, seen, skipped: addSkipped(known.skipped, left, lines.length) })
  const isNew = begun || handled.some((tag) => !forgotten.has(tag))
  return (isNew || isOther(next, known)) && !isSame(next, known) ? next : known
}

function tagsOf(releases: readonly { readonly tag: string }[]): readonly string[] {
  return releases.map(({ tag }) => tag)
}

/** What was seen, with what stands in the feed now as the newest: it is forgotten last. */
function remembered(
  seen: readonly string[],
  observed: readonly string[],
  { later, rest }: { readonly later: ReadonlySet<string>; readonly rest: WatchKnowledge },
): readonly string[] {
  const bytes = roomForSeen(rest) - roomForReports
  return rememberSeen(seen, observed.filter((tag) => !later.has(tag)).reverse(), { bytes })
}

/** Whether something else than words of the feed differs. */
function isOther(next: WatchKnowledge, known: WatchKnowledge): boolean {
  if (next.pins !== known.pins || next.alarms !== known.alarms || next.skipped !== known.skipped) return true
  if (next.seenTags !== known.seenTags) return true
  if (next.problems.length > 0 !== known.problems.length > 0) return true
  const byLine = Object.entries(next.lines) as [LineKey, LineKnowledge][]
  return byLine.some(([line, { standsOn, waiting }]) => {
    const before = known.lines[line]
    return before?.standsOn !== standsOn || before.waiting.join('\n') !== waiting.join('\n')
  })
}

/** Whether only the time of the look differs: what does not fit is dropped anew each time. */
function isSame(next: WatchKnowledge, known: WatchKnowledge): boolean {
  return JSON.stringify({ ...next, lookedAt: known.lookedAt }) === JSON.stringify(known)
}

function problemsOf({ known, observed, problems }: LinesInput): readonly string[] {
  return observed === null || problems === undefined ? known.problems : problems.slice(0, mostProblems)
}

function startsOf(
  turns: readonly LineTurn[],
  noticed: ReadonlyMap<string, NoticedRelease>,
): readonly LineStart[] {
  const byTag = new Map<string, LineKey[]>()
  for (const { lines, start } of turns) {
    if (start !== null) byTag.set(start, [...(byTag.get(start) ?? []), ...lines])
  }
  return [...byTag].flatMap(([tag, lines]) => {
    const release = noticed.get(tag)
    return release === undefined ? [] : { release, lines }
  })
}

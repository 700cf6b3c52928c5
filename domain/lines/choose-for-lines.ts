import { rememberSeen, unseenOf } from '../choose-release-memory.ts'
import type { FeedRelease } from '../release.ts'
import { type Exec, execUnguarded } from '../version/exec.ts'
import type { LineKey, NoticedRelease, WatchKnowledge } from '../watch.ts'
import { type LineReader, lineReader } from './line-reader.ts'
import type { LineRules } from './line-rules.ts'
import { beginTurn, type LineTurn, takeTurn } from './line-turn.ts'
import { noticeReleases } from './notice-releases.ts'
import { comparePins, type RepositoryTags } from './pins.ts'
import { addSkipped } from './skipped-rows.ts'
import { grantPlaces, keepPlaced } from './waiting-places.ts'

export interface LinesInput {
  readonly known: WatchKnowledge
  /** What the feed holds, in any order and as often as it likes; null when it was not read or says that nothing changed. */
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

/**
 * Decides for every line what starts, what waits and what is left out. Total: each release observed is started, waits, is
 * left out with a reason, or stays unseen for want of room and is looked at again.
 * Invariant: a line gets no release twice, and none that is older than what it stands on.
 */
export function chooseForLines(input: LinesInput): LinesChoice {
  const { now, rules, tags = null, exec = execUnguarded } = input
  const at = new Date(now).toISOString()
  const observed = input.observed === null ? null : distinct(input.observed)
  const fresh = new Map(unseenOf(observed ?? [], input.known.seen).map((release) => [release.tag, release]))
  const notice = { observed: observed ?? [], fresh, security: input.security, at, exec }
  const noticed = noticeReleases(input.known.releases, notice)
  const readers = rules.map(({ tags: tagRules }) => lineReader(tagRules, { exec }))
  const first = turnsWith(input.known, 'before-look')
  const wanted = wantedTags(first, input.known)
  const pinned =
    tags === null
      ? input.known
      : comparePins(input.known, tags, { wanted: [...standsOf(first), ...wanted], at })
  const turns = tags === null ? first : turnsWith(pinned, 'after-look')
  const dues = turns.flatMap(({ dueAt }) => dueAt ?? [])
  return {
    known: learn(input, { pinned, observed, fresh, noticed, turns, at }),
    starts: startsOf(turns, noticed),
    unpinned: wanted.filter((tag) => !pinned.pins.some((pin) => pin.tag === tag)),
    stepping: turns.filter(({ asksForEnd }) => asksForEnd).map(({ line }) => line),
    dueAt: dues.length === 0 ? null : Math.min(...dues),
  }

  function turnsWith(pinned: WatchKnowledge, stage: 'before-look' | 'after-look'): readonly LineTurn[] {
    const shared = { fresh, noticed, known: pinned, now, looked: stage === 'after-look' }
    return rules.flatMap((group, index) =>
      group.lines.flatMap((line): LineTurn | readonly LineTurn[] => {
        const reader = readers[index] as LineReader
        const before = input.known.lines[line]
        if (before === undefined) return observed === null ? [] : beginTurn(line, reader, observed)
        const busy = group.step !== 'latest' && (input.isBusy?.(line) ?? false)
        return takeTurn(line, { ...shared, rules: group, reader, before, busy })
      }),
    )
  }
}

/** The tags that must be pinned: those that start now, and those that are to be remembered as waiting. */
function wantedTags(turns: readonly LineTurn[], known: WatchKnowledge): readonly string[] {
  const places = grantPlaces(
    turns,
    known.releases.map(({ tag }) => tag),
  )
  return [...new Set([...places, ...turns.flatMap(({ start }) => start ?? [])])]
}

function standsOf(turns: readonly LineTurn[]): readonly string[] {
  return turns.flatMap(({ after }) => after.standsOn ?? [])
}

interface Turned {
  readonly pinned: WatchKnowledge
  readonly observed: readonly FeedRelease[] | null
  readonly fresh: ReadonlyMap<string, FeedRelease>
  readonly noticed: ReadonlyMap<string, NoticedRelease>
  readonly turns: readonly LineTurn[]
  readonly at: string
}

/** What the watch knows after all lines had their turn. */
function learn(input: LinesInput, turned: Turned): WatchKnowledge {
  const { pinned, observed, fresh, noticed, turns, at } = turned
  const { known } = input
  const places = grantPlaces(
    turns,
    known.releases.map(({ tag }) => tag),
  )
  const later = new Set<string>()
  const lines = turns.map(({ line, after }) => {
    const waiting = keepPlaced(after.waiting, places)
    for (const tag of after.waiting.slice(waiting.length)) later.add(tag)
    return [line, { ...after, waiting }] as const
  })
  const handled = [...fresh.keys()].filter((tag) => !later.has(tag))
  const begun = observed !== null && turns.some(({ line }) => known.lines[line] === undefined)
  const seen =
    handled.length === 0 && !begun
      ? known.seen
      : rememberSeen(
          known.seen,
          [...(observed ?? []).map(({ tag }) => tag).reverse()].filter((tag) => !later.has(tag)),
        )
  // What cannot be remembered is not reported either: it would be news again at every poll.
  const forgotten = new Set(unseenOf([...fresh.values()], seen).map(({ tag }) => tag))
  const kept = turns.flatMap(({ line, skipped }) =>
    skipped.filter(({ tag }) => !forgotten.has(tag)).map((row) => ({ line, ...row })),
  )
  const waiting = new Set(lines.flatMap(([, line]) => line.waiting))
  const starts = [...new Set(turns.flatMap(({ start }) => start ?? []))]
  const first = known.seen.length === 0 && Object.keys(known.lines).length === 0
  const news = starts.length > 0 || [...waiting].some((tag) => fresh.has(tag))
  const next: WatchKnowledge = {
    ...pinned,
    seen,
    lines: Object.fromEntries(lines),
    releases: [...noticed.values()].filter(({ tag }) => waiting.has(tag)),
    skipped: addSkipped(known.skipped, kept, turns.length),
    dispatched: [...known.dispatched, ...starts].slice(-mostDispatched),
    problems: problemsOf(input),
    newsAt: news || (first && observed !== null) ? at : known.newsAt,
    ...(first && observed !== null ? { skippedAtFirst: observed.length - distinctBaselines(turns) } : {}),
  }
  if (!isNews(next, known, { begun, remembered: handled.some((tag) => !forgotten.has(tag)) })) return known
  return input.tags ? { ...next, lookedAt: at } : next
}

/** Whether it is worth a line in the history; what the feed repeats or words otherwise is not. */
function isNews(
  next: WatchKnowledge,
  known: WatchKnowledge,
  found: { readonly begun: boolean; readonly remembered: boolean },
): boolean {
  if (found.begun || found.remembered) return true
  if (next.pins !== known.pins || next.alarms !== known.alarms || next.skipped !== known.skipped) return true
  if (next.problems.length > 0 !== known.problems.length > 0) return true
  const byLine = Object.entries(next.lines) as [LineKey, WatchKnowledge['lines'][LineKey]][]
  return byLine.some(([line, { standsOn, waiting }]) => {
    const before = known.lines[line]
    return before?.standsOn !== standsOn || before.waiting.join('\n') !== waiting.join('\n')
  })
}

function problemsOf({ known, observed, problems }: LinesInput): readonly string[] {
  return observed === null || problems === undefined ? known.problems : problems.slice(0, mostProblems)
}

function distinctBaselines(turns: readonly LineTurn[]): number {
  return new Set(turns.flatMap(({ after }) => after.standsOn ?? [])).size
}

function startsOf(
  turns: readonly LineTurn[],
  noticed: ReadonlyMap<string, NoticedRelease>,
): readonly LineStart[] {
  const byTag = new Map<string, LineKey[]>()
  for (const { line, start } of turns) {
    if (start !== null) byTag.set(start, [...(byTag.get(start) ?? []), line])
  }
  return [...byTag].flatMap(([tag, lines]) => {
    const release = noticed.get(tag)
    return release === undefined ? [] : { release, lines }
  })
}

/** A tag that comes twice counts once; what is not published yet is not there yet. */
function distinct(releases: readonly FeedRelease[]): readonly FeedRelease[] {
  const published = releases.filter(({ draft }) => draft !== true)
  return [...new Map(published.map((release) => [release.tag, release])).values()]
}

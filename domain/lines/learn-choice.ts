import { forgetSeen, rememberSeen, unseenOf } from '../choose-release-memory.ts'
import type { FeedRelease } from '../release.ts'
import type { LineKey, LineKnowledge, NoticedRelease, WatchKnowledge } from '../watch.ts'
import type { LinesInput } from './choose-for-lines.ts'
import { fitKnowledge, roomForSeen } from './fit-knowledge.ts'
import type { LineTurn } from './line-turn.ts'
import { addSkipped } from './skipped-rows.ts'
import { grantPlaces, keepPlaced } from './waiting-places.ts'

const mostProblems = 5
const mostDispatched = 50
const mostSent = 10
/** Bytes that the reports of one choice may add. */
export const roomForReports = 4_000

/** What came of the turns of all lines. */
export interface Turned {
  readonly pinned: WatchKnowledge
  readonly observed: readonly FeedRelease[] | null
  /** How many entries there were, with those that are not looked at. */
  readonly entries: number
  readonly fresh: ReadonlyMap<string, FeedRelease>
  readonly noticed: ReadonlyMap<string, NoticedRelease>
  readonly turns: readonly LineTurn[]
  readonly objections: WatchKnowledge['withdrawn']
  readonly at: string
}

/**
 * What the watch knows after all lines had their turn.
 * Invariant: the same object when nothing was learned.
 */
export function learn(input: LinesInput, turned: Turned): WatchKnowledge {
  const { pinned, observed, entries, fresh, noticed, turns, objections, at } = turned
  const { known } = input
  const places = grantPlaces(turns, tagsOf(known.releases))
  const later = new Set<string>()
  const lines = turns.flatMap((turn) => {
    const waiting = keepPlaced(turn.after.waiting, places)
    for (const tag of turn.after.waiting.slice(waiting.length)) later.add(tag)
    return turn.lines.map((line) => [line, { ...turn.after, waiting }] as const)
  })
  const stands = turns.flatMap(({ lines: some, stand }) =>
    stand === undefined ? [] : some.map((line) => [line, stand] as const),
  )
  const waiting = new Set(lines.flatMap(([, line]) => line.waiting))
  const starts = [...new Set(turns.flatMap(({ start }) => start ?? []))]
  const first = observed !== null && known.seen.length === 0 && Object.keys(known.lines).length === 0
  const isNoticed = first || starts.length > 0 || [...waiting].some((tag) => fresh.has(tag))
  const rest: WatchKnowledge = {
    ...pinned,
    lines: Object.fromEntries(lines),
    ...(stands.length === 0 && known.stands === undefined ? {} : { stands: Object.fromEntries(stands) }),
    releases: [...noticed.values()].filter(({ tag }) => waiting.has(tag)),
    dispatched:
      starts.length === 0 ? known.dispatched : [...known.dispatched, ...starts].slice(-mostDispatched),
    ...sentOf(known, starts, noticed),
    ...(objections === undefined ? {} : { withdrawn: objections }),
    problems: problemsOf(input),
    newsAt: isNoticed ? at : known.newsAt,
    lookedAt: input.tags ? at : known.lookedAt,
    ...(first ? { skippedAtFirst: entries - new Set(standsOf(turns)).size } : {}),
  }
  const handled = [...fresh.keys()].filter((tag) => !later.has(tag))
  const begun = lines.some(([line]) => known.lines[line] === undefined)
  const seen = forgetSeen(
    handled.length > 0 || begun ? remembered(known.seen, observed ?? [], { later, rest }) : known.seen,
    [...later, ...turns.flatMap(({ withdrawn }) => withdrawn)],
  )
  // What cannot be remembered is not reported either: it would be news again at every poll.
  const forgotten = new Set(tagsOf(unseenOf([...fresh.values()], seen)))
  const left = turns.flatMap((turn) =>
    turn.skipped.filter(({ tag }) => !forgotten.has(tag)).map((row) => ({ lines: turn.lines, ...row })),
  )
  const next = fitKnowledge({ ...rest, seen, skipped: addSkipped(known.skipped, left, lines.length) })
  const isNew = begun || handled.some((tag) => !forgotten.has(tag))
  return (isNew || isOther(next, known)) && !isSame(next, known) ? next : known
}

/** The last releases that were sent, as far as the feed's later words about them need it. */
function sentOf(
  { sent = [] }: WatchKnowledge,
  starts: readonly string[],
  noticed: ReadonlyMap<string, NoticedRelease>,
): Pick<WatchKnowledge, 'sent'> {
  const added = starts.map((tag) => ({ tag, publishedAt: noticed.get(tag)?.publishedAt ?? null }))
  const all = [...sent.filter(({ tag }) => !starts.includes(tag)), ...added].slice(-mostSent)
  return all.length === 0 ? {} : { sent: all }
}

export function tagsOf(releases: readonly { readonly tag: string }[]): readonly string[] {
  return releases.map(({ tag }) => tag)
}

/** What was seen, with what stands in the feed now as the newest: it is forgotten last. */
function remembered(
  seen: readonly string[],
  observed: readonly FeedRelease[],
  { later, rest }: { readonly later: ReadonlySet<string>; readonly rest: WatchKnowledge },
): readonly string[] {
  const bytes = roomForSeen(rest) - roomForReports
  return rememberSeen(seen, observed.filter(({ tag }) => !later.has(tag)).reverse(), { bytes })
}

/** Whether something else than words of the feed differs. */
function isOther(next: WatchKnowledge, known: WatchKnowledge): boolean {
  if (next.pins !== known.pins || next.alarms !== known.alarms || next.skipped !== known.skipped) return true
  if (next.seenTags !== known.seenTags || next.withdrawn !== known.withdrawn) return true
  if (JSON.stringify(next.stands) !== JSON.stringify(known.stands)) return true
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

/** What the lines stand on after their turns. */
export function standsOf(turns: readonly LineTurn[]): readonly string[] {
  return turns.flatMap(({ after }) => after.standsOn ?? [])
}

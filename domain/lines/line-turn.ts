import type { FeedRelease } from '../release.ts'
import type { LineKey, LineKnowledge, NoticedRelease, WatchKnowledge } from '../watch.ts'
import type { LineReader } from './line-reader.ts'
import type { LineRules } from './line-rules.ts'
import { takeStep } from './step-rule.ts'
import { whyItWaits } from './why-it-waits.ts'

/** What became of some lines in one choice: those with the same rules and the same past. */
export interface LineTurn {
  readonly lines: readonly [LineKey, ...LineKey[]]
  readonly start: string | null
  readonly after: LineKnowledge
  readonly skipped: readonly { readonly tag: string; readonly reason: string }[]
  /** Milliseconds since 1970; null when no release of this line waits for a time. */
  readonly dueAt: number | null
  /** Whether it takes the next step only once the attempt of what it stands on has ended. */
  readonly asksForEnd: boolean
}

export interface TurnInput {
  readonly rules: LineRules
  readonly reader: LineReader
  readonly before: LineKnowledge
  /** Seen for the first time, by tag. */
  readonly fresh: ReadonlyMap<string, FeedRelease>
  readonly noticed: ReadonlyMap<string, NoticedRelease>
  readonly known: Pick<WatchKnowledge, 'alarms' | 'holds' | 'pins'>
  readonly now: number
  readonly busy: boolean
  /** Whether the upstream repository was looked at just now. */
  readonly looked: boolean
}

/** How long a release may be missing in the upstream repository before it is left out. */
const tagPatienceMs = 24 * 60 * 60 * 1000

/** Where lines begin: at the newest release that its rules take. */
export function beginTurn(
  lines: LineTurn['lines'],
  reader: LineReader,
  observed: readonly FeedRelease[],
): LineTurn {
  let standsOn: string | null = null
  for (const release of observed) {
    if (reader.judge(release).kind === 'left') continue
    if (standsOn === null || reader.compare(release.tag, standsOn) > 0) standsOn = release.tag
  }
  return idleTurn(lines, { standsOn, waiting: [] })
}

/** Lines of which nothing can be decided now. */
export function idleTurn(lines: LineTurn['lines'], after: LineKnowledge): LineTurn {
  return { lines, start: null, after, skipped: [], dueAt: null, asksForEnd: false }
}

/** Decides what starts, what waits and what is left out. The lines must be held by the same hold, or by none. */
export function takeTurn(lines: LineTurn['lines'], input: TurnInput): LineTurn {
  const { before, reader, rules, now } = input
  const skipped: { readonly tag: string; readonly reason: string }[] = []
  const takes: string[] = []
  for (const tag of new Set([...before.waiting, ...input.fresh.keys()])) {
    if (tag === before.standsOn) continue
    const reason = leftOut(tag, input)
    if (reason === null) takes.push(tag)
    else skipped.push({ tag, reason })
  }
  takes.sort(reader.compare)
  const obstacles = new Map(takes.map((tag, index) => [tag, obstacleOf(tag, takes.slice(index))]))
  const step = takeStep({
    step: rules.step,
    tags: takes,
    reader,
    busy: input.busy,
    isFree: (tag) => obstacles.get(tag) === null,
  })
  const dues = step.waiting.flatMap((tag) => obstacles.get(tag)?.until ?? [])
  const next = takes[0] === undefined ? undefined : obstacles.get(takes[0])
  return {
    lines,
    asksForEnd: rules.step !== 'latest' && (next === null || next?.reason === 'no-tag'),
    start: step.start,
    after: { standsOn: step.start ?? before.standsOn, waiting: step.waiting },
    skipped: [...skipped, ...step.skipped],
    dueAt: dues.length === 0 ? null : Math.min(...dues),
  }

  function obstacleOf(tag: string, andNewer: readonly string[]) {
    const release = input.noticed.get(tag)
    if (release === undefined) return null
    const isSecurity = (each: string) => input.noticed.get(each)?.security === true
    // Where releases are taken one by one, a security release waits for those before it: they go as fast as it would.
    const urgent = rules.step === 'latest' ? release.security : andNewer.some(isSecurity)
    return whyItWaits(release, { line: lines[0], rules, known: input.known, now, urgent })
  }
}

/** The rule that leaves a release out; null for none. */
function leftOut(tag: string, input: TurnInput): string | null {
  const { reader, before, known, now, looked } = input
  const judgement = reader.judge(input.fresh.get(tag) ?? { tag })
  if (judgement.kind === 'left') return judgement.reason
  if (!reader.isNewer(tag, before.standsOn)) return `older than ${before.standsOn}`
  if (!looked || known.pins.some((pin) => pin.tag === tag)) return null
  const since = Date.parse(input.noticed.get(tag)?.since ?? '')
  return now - since > tagPatienceMs ? 'no commit: the upstream repository had no such tag for a day' : null
}

import type { FeedRelease } from '../release.ts'
import type { LineKey, LineKnowledge, LineStand, NoticedRelease, WatchKnowledge } from '../watch.ts'
import { type FeedWords, withdrawal } from './feed-objections.ts'
import type { LineReader } from './line-reader.ts'
import type { LineRules } from './line-rules.ts'
import { type Bound, boundBy, standOfSent } from './line-stands.ts'
import { takeStep } from './step-rule.ts'
import { whyItWaits } from './why-it-waits.ts'

/** What became of some lines in one choice: those with the same rules and the same past. */
export interface LineTurn {
  readonly lines: readonly [LineKey, ...LineKey[]]
  readonly start: string | null
  readonly after: LineKnowledge
  /** Missing for lines that stand where they began. */
  readonly stand?: LineStand
  readonly skipped: readonly { readonly tag: string; readonly reason: string }[]
  /** Releases that waited and that the feed withdrew: they are news when they return. */
  readonly withdrawn: readonly string[]
  /** Milliseconds since 1970; null when no release of this line waits for a time. */
  readonly dueAt: number | null
  /** Whether it takes the next step only once the attempt of what it stands on has ended. */
  readonly asksForEnd: boolean
}

export interface TurnInput {
  readonly rules: LineRules
  readonly reader: LineReader
  readonly before: LineKnowledge
  readonly stand: LineStand | undefined
  /** Seen for the first time, by tag. */
  readonly fresh: ReadonlyMap<string, FeedRelease>
  /** What the feed lists, as far as one choice looks at it; null when it was not read. */
  readonly observed: readonly FeedRelease[] | null
  readonly words: FeedWords
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
  return idleTurn(lines, { standsOn, waiting: [] }, undefined)
}

/** Lines of which nothing can be decided now. */
export function idleTurn(
  lines: LineTurn['lines'],
  after: LineKnowledge,
  stand: LineStand | undefined,
): LineTurn {
  const rest = { skipped: [], withdrawn: [], dueAt: null, asksForEnd: false }
  return { lines, start: null, after, ...(stand && { stand }), ...rest }
}

/** Decides what starts, what waits and what is left out. The lines must be held by the same hold, or by none. */
export function takeTurn(lines: LineTurn['lines'], input: TurnInput): LineTurn {
  const { before, reader, rules, now, words } = input
  const bound = boundBy(reader, { standsOn: before.standsOn, stand: input.stand })
  const judgesAnew = bound.stand?.again === true
  // Without a full read of the feed nobody knows what the line has missed.
  if (judgesAnew && words.listed === null) return idleTurn(lines, before, input.stand)
  const { takes, skipped, withdrawn } = sift(input, bound, judgesAnew)
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
  const stand = step.start === null ? judged(bound.stand) : standOfSent(bound)
  return {
    lines,
    asksForEnd: rules.step !== 'latest' && (next === null || next?.reason === 'no-tag'),
    start: step.start,
    after: { standsOn: step.start ?? bound.standsOn, waiting: step.waiting },
    ...(stand && { stand }),
    skipped: [...skipped, ...step.skipped],
    withdrawn,
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

interface Sifted {
  /** Oldest version first. */
  readonly takes: readonly string[]
  readonly skipped: LineTurn['skipped']
  readonly withdrawn: readonly string[]
}

/** What the lines take of what waits, of what is new and, where all is judged anew, of what the feed lists. */
function sift(input: TurnInput, bound: Bound, judgesAnew: boolean): Sifted {
  const { before, reader, rules } = input
  const skipped: { readonly tag: string; readonly reason: string }[] = []
  const withdrawn: string[] = []
  const takes: string[] = []
  const due = new Set([...before.waiting, ...input.fresh.keys()])
  for (const tag of due) {
    if (tag === bound.standsOn) continue
    const why = before.waiting.includes(tag) ? isWithdrawn(tag, input) : null
    const reason = why === null ? leftOut(tag, input, bound) : `withdrawn: ${why}`
    if (why !== null) withdrawn.push(tag)
    if (reason === null) takes.push(tag)
    else skipped.push({ tag, reason })
  }
  // What the line stood on before is not taken a second time.
  const done = new Set([bound.standsOn, ...(bound.stand?.earlier ?? [])])
  const missed = judgesAnew ? (input.observed ?? []) : []
  for (const { tag } of missed) {
    if (!due.has(tag) && !done.has(tag) && leftOut(tag, input, bound) === null) takes.push(tag)
  }
  takes.sort(reader.compare)
  const newest = takes.at(-1)
  if (!judgesAnew || bound.standsOn !== null || rules.step === 'latest' || newest === undefined) {
    return { takes, skipped, withdrawn }
  }
  // A line that goes step by step and has nothing to go on from begins at the newest, and not at upstream's first.
  const older = takes.slice(0, -1).map((tag) => ({ tag, reason: `older than ${newest}` }))
  return { takes: [newest], skipped: [...skipped, ...older], withdrawn }
}

function isWithdrawn(tag: string, { noticed, words, reader }: TurnInput): string | null {
  const isOlder = (one: string, than: string) => reader.isVersion(one) && reader.compare(one, than) < 0
  return withdrawal(noticed.get(tag) ?? { tag, publishedAt: null }, words, isOlder)
}

function judged(stand: LineStand | undefined): LineStand | undefined {
  if (stand?.again === undefined) return stand
  const { again: _, ...rest } = stand
  return rest
}

/** The rule that leaves a release out by the newest word of the feed; null for none. */
function leftOut(tag: string, input: TurnInput, { standsOn }: Bound): string | null {
  const { reader, known, now, looked, words } = input
  const judgement = reader.judge(words.listed?.get(tag) ?? input.fresh.get(tag) ?? { tag })
  if (judgement.kind === 'left') return judgement.reason
  if (!reader.isNewer(tag, standsOn)) return `older than ${standsOn}`
  if (!looked || known.pins.some((pin) => pin.tag === tag)) return null
  const since = Date.parse(input.noticed.get(tag)?.since ?? '')
  return now - since > tagPatienceMs ? 'no commit: the upstream repository had no such tag for a day' : null
}

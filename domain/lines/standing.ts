import { liveHolds } from '../hold.ts'
import { type PollMemory, usualPatienceSeconds } from '../poll-memory.ts'
import type { UpstreamSettings } from '../settings.ts'
import type { Hold, LineKey, WatchKnowledge } from '../watch.ts'
import { withoutEvidence } from './alarm-evidence.ts'
import type { LineRules } from './line-rules.ts'

/**
 * What a watch shows of itself where no worker is needed to read it: in the memo of its workflow. A part of what it knows,
 * with the rules that say why a release waits.
 */
export interface WatchStanding {
  readonly known: Pick<
    WatchKnowledge,
    'lines' | 'releases' | 'pins' | 'alarms' | 'holds' | 'questions' | 'newsAt'
  > &
    Partial<Pick<WatchKnowledge, 'skippedAtFirst' | 'stands'>>
  readonly rules: readonly Omit<LineRules, 'tags'>[]
  readonly pollSeconds: number
  readonly patienceSeconds: number
  /** Null when no release is expected within a certain time. */
  readonly expectSeconds: number | null
  /** What the polls had come to when this was shown; the pending poll's heartbeat is newer where it has one. */
  readonly polls: PollMemory
  /** What had no room; a worker knows it. */
  readonly left: 'nothing' | 'waiting' | 'lines'
}

/** Bytes of JSON, roughly: a memo is written and listed with every change. */
const mostCharacters = 16 * 1024
const fewLines = 50

/** The part of a watch's knowledge that everybody may see at once. Bounded, whatever the feed and the config hold. */
export function standingOf(
  known: WatchKnowledge,
  upstream: Pick<UpstreamSettings, 'pollSeconds' | 'patienceSeconds' | 'expectSeconds'>,
  more: {
    readonly rules: readonly LineRules[]
    readonly now: string
    readonly polls: PollMemory
  },
): WatchStanding {
  const waiting = new Set(known.releases.map(({ tag }) => tag))
  const whole: WatchStanding = {
    known: {
      lines: known.lines,
      ...shownStands(known),
      releases: known.releases,
      pins: known.pins.filter(({ tag }) => waiting.has(tag)),
      alarms: withoutEvidence(known.alarms),
      holds: liveHolds(known.holds, more.now),
      questions: known.questions,
      newsAt: known.newsAt,
      skippedAtFirst: known.skippedAtFirst,
    },
    rules: more.rules.map(({ lines, step, minimumAgeSeconds, quiet }) => ({
      lines,
      step,
      minimumAgeSeconds,
      quiet,
    })),
    pollSeconds: upstream.pollSeconds,
    patienceSeconds: upstream.patienceSeconds ?? usualPatienceSeconds,
    expectSeconds: upstream.expectSeconds ?? null,
    polls: more.polls,
    left: 'nothing',
  }
  const pinned = { ...whole, known: { ...whole.known, pins: known.pins } }
  if (fits(pinned)) return pinned
  if (fits(whole)) return whole
  const idle = {
    ...whole,
    known: { ...withoutStands(withoutWaiting(whole)), pins: [], releases: [] },
    left: 'waiting',
  } as const
  if (fits(idle)) return idle
  const names = new Set((Object.keys(known.lines) as LineKey[]).slice(0, fewLines))
  return {
    ...idle,
    known: {
      ...idle.known,
      lines: Object.fromEntries(
        Object.entries(idle.known.lines).filter(([line]) => names.has(line as LineKey)),
      ),
      holds: idle.known.holds.slice(-fewLines).map(briefly),
      alarms: withoutEvidence(known.alarms.slice(-5)),
    },
    rules: [],
    left: 'lines',
  }
}

/** The need of a person that lists show of a watch; null for none. */
export function watchNeed(known: Pick<WatchKnowledge, 'alarms' | 'questions'> | null): string | null {
  if (known === null) return null
  return known.alarms.length > 0 ? 'tag-moved' : (known.questions[0]?.kind ?? null)
}

/** Why lines stand where they stand, without what only the watch needs. */
function shownStands({ stands }: WatchKnowledge): Pick<WatchKnowledge, 'stands'> {
  if (stands === undefined) return {}
  const rows = Object.entries(stands).map(([line, { because, note }]) => [
    line,
    { because, ...(note === undefined ? {} : { note }) },
  ])
  return { stands: Object.fromEntries(rows) }
}

function withoutStands({ stands: _, ...known }: WatchStanding['known']): WatchStanding['known'] {
  return known
}

function withoutWaiting({ known }: WatchStanding): WatchStanding['known'] {
  const lines = Object.entries(known.lines).map(([line, { standsOn }]) => [line, { standsOn, waiting: [] }])
  return { ...known, lines: Object.fromEntries(lines) }
}

function briefly(hold: Hold): Hold {
  return { ...hold, reason: hold.reason.slice(0, 40) }
}

function fits(standing: WatchStanding): boolean {
  return JSON.stringify(standing).length <= mostCharacters
}

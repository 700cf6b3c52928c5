import type { Client, WorkflowExecutionDescription } from '@temporalio/client'
import { watchId } from '../domain/ids.ts'
import { type ShownMove, withEvidence } from '../domain/lines/alarm-evidence.ts'
import { newestRelease } from '../domain/lines/newest-release.ts'
import { type WatchStanding, watchNeed } from '../domain/lines/standing.ts'
import { waitingReleases } from '../domain/lines/waiting-releases.ts'
import { freshMemory, type PollMemory } from '../domain/poll-memory.ts'
import { type Silence, silences } from '../domain/silence.ts'
import type {
  Hold,
  LineKey,
  MovedTag,
  StandReason,
  UpstreamQuestion,
  WaitingRelease,
  WatchKnowledge,
} from '../domain/watch.ts'
import { decodePayload } from '../seal/decode-payload.ts'
import type { WatchStatus } from '../workflows/messages.ts'
import { searchKeys } from './search-attributes.ts'

/** What a line stands on, and why. */
export interface StandingLine {
  readonly line: LineKey
  readonly lastRelease: string | null
  readonly because?: 'baseline' | StandReason
  /** Who set it and why, or the tag that does not count any more. */
  readonly note?: string | null
}

/** One upstream as `status --json` shows it. */
export interface UpstreamRow {
  readonly name: string
  /** `degraded` after three failures in a row; `stopped` when the watch has ended. */
  readonly phase: 'polling' | 'dispatching' | 'degraded' | 'stopped'
  /** Why a person is needed: `tag-moved`, `feed-gone` or `feed-moved`; null for nothing. */
  readonly needs: string | null
  readonly lastPollAt: string | null
  readonly nextPollAt: string | null
  /** When a poll worked last; null when none did since the watch began. */
  readonly lastSuccessAt: string | null
  readonly lastRelease: string | null
  /** Polls in a row that failed. */
  readonly failures: number
  /** Why the last of them failed, and since when they do; null when none did. */
  readonly failure: { readonly reason: string; readonly message: string; readonly since: string } | null
  /** What each line stands on. */
  readonly lines: readonly StandingLine[]
  readonly waiting: readonly WaitingRelease[]
  readonly holds: readonly Hold[]
  readonly alarms: readonly MovedTag[]
  readonly questions: readonly UpstreamQuestion[]
  readonly silence: readonly Silence[]
  /** How many releases stood in the feed at first contact and were left alone; null where that is not known. */
  readonly skippedAtFirst: number | null
}

/** A watch in the server's list. */
export interface ListedWatch {
  readonly row: UpstreamRow
  readonly configDigest: string | null
  /** Why the last poll failed; null when it did not. */
  readonly lastFailure: string | null
  /** Null for a watch that is too old to show it, or knows more than it can show. */
  readonly standing: WatchStanding | null
}

const degradedAfter = 3
const pollId = 'poll-feed'

/** A watch from its description, without any worker: its memo, and its poll, the pending activity that is retried for ever. */
export function toWatch(
  description: WorkflowExecutionDescription,
  { now, beat }: { readonly now: number; readonly beat: Partial<PollMemory> | null },
): ListedWatch {
  const running = description.status.name === 'RUNNING' || description.status.name === 'PAUSED'
  const pending = description.raw.pendingActivities ?? []
  const poll = pollOf(description)
  const standing = shownStanding(description.memo)
  const polls = beat === null ? (standing?.polls ?? freshMemory) : { ...freshMemory, ...beat }
  const { failures } = polls
  const failure = poll?.lastFailure
  const failed = failure?.applicationFailureInfo?.type !== 'NoNewRelease'
  const watch: ListedWatch = {
    configDigest: typeof description.memo?.configDigest === 'string' ? description.memo.configDigest : null,
    lastFailure:
      failures === 0 ? null : ((failed ? failure?.message : null) ?? polls.lastFailure?.message ?? null),
    standing,
    row: {
      name: description.workflowId.slice(watchId('').length),
      phase: phaseOf({ running, polling: poll !== undefined, pending: pending.length > 0, failures }),
      needs: null,
      // A try that runs has no end yet, and one that is due has no start any more.
      lastPollAt: toIso(poll?.lastStartedTime ?? poll?.lastAttemptCompleteTime),
      nextPollAt: toIso(poll?.nextAttemptScheduleTime ?? poll?.scheduledTime),
      lastSuccessAt: polls.lastSuccessAt,
      lastRelease: description.typedSearchAttributes.get(searchKeys.release) ?? null,
      failures,
      failure: failureOf(polls),
      lines: [],
      waiting: [],
      holds: [],
      alarms: [],
      questions: [],
      silence: [],
      skippedAtFirst: null,
    },
  }
  return standing === null ? watch : withStanding(watch, standing, { since: description.startTime, now })
}

/** What a watch shows in its memo, its alarms with what was compared of them. */
function shownStanding(memo: WorkflowExecutionDescription['memo']): WatchStanding | null {
  const standing = (memo?.standing ?? null) as WatchStanding | null
  if (standing === null) return null
  const alarms = withEvidence(standing.known.alarms, (memo?.moves ?? []) as readonly ShownMove[])
  return { ...standing, known: { ...standing.known, alarms } }
}

/** The same with what the watch itself has answered. */
export function answered(watch: ListedWatch, { known, waiting }: WatchStatus): ListedWatch {
  if (known === null) return watch
  const { alarms, questions, holds } = known
  const row = {
    ...watch.row,
    lastRelease: newestRelease(known),
    needs: watchNeed(known),
    lines: linesOf(known),
    waiting,
    holds,
    alarms,
    questions,
    skippedAtFirst: known.skippedAtFirst,
  }
  return { ...watch, row }
}

/** The same with all that a watch shows of where it stands. `since` is when the watch began. */
function withStanding(
  watch: ListedWatch,
  standing: WatchStanding,
  { since, now }: { readonly since: Date; readonly now: number },
): ListedWatch {
  const { known, rules, pollSeconds, patienceSeconds, expectSeconds } = standing
  const { alarms, questions } = known
  const { lastSuccessAt } = watch.row
  const heard = { since: since.toISOString(), lastSuccessAt, newsAt: known.newsAt }
  return {
    ...watch,
    standing,
    row: {
      ...watch.row,
      needs: watchNeed(known),
      lines: linesOf(known),
      waiting: waitingReleases(known, rules, now),
      holds: known.holds.filter(({ until }) => until === null || Date.parse(until) > now),
      alarms,
      questions,
      silence: silences({ ...heard, pollSeconds, patienceSeconds, expectSeconds }, now),
      skippedAtFirst: known.skippedAtFirst ?? null,
    },
  }
}

function linesOf({ lines, stands }: Pick<WatchKnowledge, 'lines' | 'stands'>): UpstreamRow['lines'] {
  return (Object.entries(lines) as [LineKey, WatchKnowledge['lines'][LineKey]][]).map(
    ([line, { standsOn }]) => {
      const { because = 'baseline', note = null } = stands?.[line] ?? {}
      return { line, lastRelease: standsOn, because, note } as const
    },
  )
}

function phaseOf(watch: {
  readonly running: boolean
  readonly polling: boolean
  readonly pending: boolean
  readonly failures: number
}): UpstreamRow['phase'] {
  if (!watch.running) return 'stopped'
  if (watch.failures >= degradedAfter) return 'degraded'
  return watch.pending && !watch.polling ? 'dispatching' : 'polling'
}

/** What the poll's heartbeat carries from one try to the next; null where there is none yet, or none that was signed. */
export async function readBeat(
  client: Client,
  description: WorkflowExecutionDescription,
): Promise<Partial<PollMemory> | null> {
  const payload = pollOf(description)?.heartbeatDetails?.payloads?.[0]
  if (!payload) return null
  return decodePayload(client, payload, { workflowId: description.workflowId, activityId: pollId })
}

function pollOf({ raw }: WorkflowExecutionDescription) {
  return raw.pendingActivities?.find((activity) => activity.activityId === pollId)
}

function failureOf({ lastFailure, firstFailureAt }: PollMemory): UpstreamRow['failure'] {
  return lastFailure === null || firstFailureAt === null ? null : { ...lastFailure, since: firstFailureAt }
}

function toIso(time: { seconds?: unknown; nanos?: number | null } | null | undefined): string | null {
  if (!time) return null
  const milliseconds = Number(time.seconds ?? 0) * 1000 + Math.floor((time.nanos ?? 0) / 1e6)
  return new Date(milliseconds).toISOString()
}

import { type WorkflowExecutionDescription, WorkflowNotFoundError } from '@temporalio/client'
import { defaultPayloadConverter } from '@temporalio/common'
import { watchId } from '../domain/ids.ts'
import { newestRelease } from '../domain/lines/newest-release.ts'
import { statusQuery, type WatchStatus, workflowTypes } from '../workflows/messages.ts'
import { callsAtOnce, inTurns } from './in-turns.ts'
import { searchKeys } from './search-attributes.ts'
import { isServerSilent } from './server-failure.ts'
import type { Session } from './session.ts'

/** One upstream as `status --json` shows it. */
export interface UpstreamRow {
  readonly name: string
  /** `degraded` after three failures in a row; `stopped` when the watch has ended. */
  readonly phase: 'polling' | 'dispatching' | 'degraded' | 'stopped'
  readonly lastPollAt: string | null
  readonly nextPollAt: string | null
  readonly lastRelease: string | null
  /** Polls in a row that failed. */
  readonly failures: number
}

/** A watch in the server's list. */
export interface ListedWatch {
  readonly row: UpstreamRow
  readonly configDigest: string | null
  /** Why the last poll failed; null when it did not. */
  readonly lastFailure: string | null
}

const degradedAfter = 3

/** Every watch that runs, by name. What only a worker can tell is left out when none answers. */
export async function listWatches(session: Session): Promise<readonly ListedWatch[]> {
  const names = await watchedNames(session)
  const watches = await lookAtWatches(session, names)
  return inTurns(watches, callsAtOnce, (watch) => withLastRelease(session, watch))
}

/** The upstreams that are watched, from the server's list. */
export async function watchedNames(session: Session): Promise<readonly string[]> {
  const query = `WorkflowType = '${workflowTypes.watch}' AND ExecutionStatus = 'Running'`
  const names: string[] = []
  for await (const { workflowId } of session.client.workflow.list({ query })) {
    names.push(workflowId.slice(watchId('').length))
  }
  return names.sort((left, right) => left.localeCompare(right))
}

/** The watches of these upstreams that run, straight from the server, which is never behind as its list may be. */
export async function lookAtWatches(
  session: Session,
  names: readonly string[],
): Promise<readonly ListedWatch[]> {
  const watches = await inTurns(names, callsAtOnce, (name) => lookAtWatch(session, name))
  return watches.filter((watch) => watch !== null && watch.row.phase !== 'stopped') as ListedWatch[]
}

async function lookAtWatch(session: Session, name: string): Promise<ListedWatch | null> {
  try {
    return toWatch(await session.client.workflow.getHandle(watchId(name)).describe())
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return null
    throw error
  }
}

/** The last release stands in the server's list when the watch has put it there; else a worker must be asked. */
async function withLastRelease(session: Session, watch: ListedWatch): Promise<ListedWatch> {
  const { row } = watch
  if (row.lastRelease !== null) return watch
  const handle = session.client.workflow.getHandle(watchId(row.name))
  const known = await session.client
    .withDeadline(Date.now() + 2000, () => handle.query<WatchStatus>(statusQuery.name))
    .catch((error: unknown) => {
      if (isServerSilent(error)) throw error
      return null
    })
  return { ...watch, row: { ...row, lastRelease: newestRelease(known?.known ?? null) } }
}

/** A watch from its description: its poll is the pending activity that is retried for ever. */
function toWatch(description: WorkflowExecutionDescription): ListedWatch {
  const running = description.status.name === 'RUNNING' || description.status.name === 'PAUSED'
  const pending = description.raw.pendingActivities ?? []
  const poll = pending.find((activity) => activity.activityId === 'poll-feed')
  const failures = poll === undefined ? 0 : failuresOf(poll.heartbeatDetails?.payloads?.[0])
  const failure = poll?.lastFailure
  const failed = failure?.applicationFailureInfo?.type !== 'NoNewRelease'
  return {
    configDigest: textOrNull(description.memo?.configDigest),
    lastFailure: failed && failures > 0 ? (failure?.message ?? null) : null,
    row: {
      name: description.workflowId.slice(watchId('').length),
      phase: phaseOf({ running, polling: poll !== undefined, pending: pending.length > 0, failures }),
      // A try that runs has no end yet, and one that is due has no start any more.
      lastPollAt: toIso(poll?.lastStartedTime ?? poll?.lastAttemptCompleteTime),
      nextPollAt: toIso(poll?.nextAttemptScheduleTime ?? poll?.scheduledTime),
      lastRelease: description.typedSearchAttributes.get(searchKeys.release) ?? null,
      failures,
    },
  }
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

/** The count of failures that the poll's heartbeat carries from one try to the next. */
function failuresOf(payload: Parameters<typeof defaultPayloadConverter.fromPayload>[0] | undefined): number {
  if (payload === undefined) return 0
  const details = defaultPayloadConverter.fromPayload<{ readonly failures?: number } | null>(payload)
  return details?.failures ?? 0
}

function toIso(time: { seconds?: unknown; nanos?: number | null } | null | undefined): string | null {
  if (!time) return null
  const milliseconds = Number(time.seconds ?? 0) * 1000 + Math.floor((time.nanos ?? 0) / 1e6)
  return new Date(milliseconds).toISOString()
}

function textOrNull(value: unknown): string | null {
  return typeof value === 'string' ? value : null
}

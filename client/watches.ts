import type { WorkflowExecutionDescription } from '@temporalio/client'
import { defaultPayloadConverter } from '@temporalio/common'
import { watchId } from '../domain/ids.ts'
import { statusQuery, type WatchStatus, workflowTypes } from '../workflows/messages.ts'
import { searchKeys } from './search-attributes.ts'
import { isServerSilent, type Session } from './session.ts'

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
  readonly running: boolean
  readonly configDigest: string | null
  /** Why the last poll failed; null when it did not. */
  readonly lastFailure: string | null
}

const degradedAfter = 3

/** Every watch that runs, by name. What only a worker can tell is left out when none answers. */
export async function listWatches(session: Session): Promise<readonly ListedWatch[]> {
  const query = `WorkflowType = '${workflowTypes.watch}' AND ExecutionStatus = 'Running'`
  const ids: string[] = []
  for await (const info of session.client.workflow.list({ query })) ids.push(info.workflowId)
  const watches: ListedWatch[] = []
  // In small groups: thousands of descriptions at once would only queue up in the server.
  for (let start = 0; start < ids.length; start += 16) {
    watches.push(...(await Promise.all(ids.slice(start, start + 16).map((id) => describeWatch(session, id)))))
  }
  return watches.sort((left, right) => left.row.name.localeCompare(right.row.name))
}

async function describeWatch(session: Session, id: string): Promise<ListedWatch> {
  const handle = session.client.workflow.getHandle(id)
  const description = await handle.describe()
  const listed = toWatch(description)
  if (listed.row.lastRelease !== null || !listed.running) return listed
  const known = await session.client
    .withDeadline(Date.now() + 2000, () => handle.query<WatchStatus>(statusQuery.name))
    .catch((error: unknown) => {
      if (isServerSilent(error)) throw error
      return null
    })
  return { ...listed, row: { ...listed.row, lastRelease: known?.known?.lastRelease ?? null } }
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
    running,
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

import type { Session } from '../../../client/session.ts'
import { watchId } from '../../../domain/ids.ts'

/** What the server says of one watch at one moment. */
export interface Promised {
  /** When the next poll is due, or was, in milliseconds. */
  readonly due: number
  /** Events in the watch's history. */
  readonly events: number
  readonly askedAt: number
}

/**
 * Asks the server when a watch is to be polled next, in the server's own words. Null while it is not waiting, and when the
 * server gives no answer: one that has too much to do is what is to be measured.
 */
export async function askPromise(session: Session, upstream: string): Promise<Promised | null> {
  const askedAt = Date.now()
  const handle = session.client.workflow.getHandle(watchId(upstream))
  const description = await handle.describe().catch(() => null)
  const poll = description?.raw.pendingActivities?.find(({ activityId }) => activityId === 'poll-feed')
  const due = poll?.scheduledTime
  if (!due || !description) return null
  const milliseconds = Number(due.seconds) * 1000 + (due.nanos ?? 0) / 1e6
  return { due: milliseconds, events: description.historyLength, askedAt }
}

/** How late a promise was kept: the first request from then on. Null when none has come. */
export function lateness(due: number, arrivals: readonly number[]): number | null {
  // A clock of whole milliseconds may say that a request came a moment before it was due.
  const kept = arrivals.find((at) => at >= due - 1)
  return kept === undefined ? null : Math.max(0, kept - due)
}

/** The value that such a part of the values does not exceed; 0 where there are none. */
export function quantile(values: readonly number[], part: number): number {
  const sorted = [...values].sort((left, right) => left - right)
  return sorted[Math.max(0, Math.ceil(part * sorted.length) - 1)] ?? 0
}

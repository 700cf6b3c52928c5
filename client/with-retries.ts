import { type AttemptStatus, statusQuery } from '../workflows/messages.ts'
import type { AttemptRow, ListedAttempt } from './attempts.ts'
import { callsAtOnce, inTurns } from './in-turns.ts'
import { isServerSilent } from './server-failure.ts'
import { askWorker, type Session } from './session.ts'
import { retryOf, type StepRetry } from './step-retry.ts'

/** Of a session, what asking a worker needs. */
type Asking = Pick<Session, 'client' | 'from'>

/** The rows of attempts; those that run say whether their step failed and is tried again. Only a rest needs a worker. */
export function withRetries(
  session: Asking,
  listed: readonly ListedAttempt[],
): Promise<readonly AttemptRow[]> {
  return inTurns(listed, callsAtOnce, async (attempt) => {
    const { row, running, runId } = attempt
    if (!running || row.phase === 'waiting') return row
    const description = await session.client.workflow.getHandle(row.id, runId).describe()
    const idle = row.phase === 'pushing' && (description.raw.pendingActivities ?? []).length === 0
    const retrying = retryOf(description) ?? (idle ? await restOf(session, attempt) : null)
    return retrying === null ? row : { ...row, retrying }
  })
}

/** A push that rests after an outage: no step is pending, and only the attempt itself knows when the next one is. */
async function restOf(session: Asking, { row, runId }: ListedAttempt): Promise<StepRetry | null> {
  const handle = session.client.workflow.getHandle(row.id, runId)
  const ask = () => handle.query<AttemptStatus>(statusQuery.name)
  // Whether it rests is no reason to fail: a list is shown without a worker, too.
  const status = await askWorker(session, ask, { seconds: 2 }).catch((error: unknown) => {
    if (isServerSilent(error)) throw error
    return null
  })
  const resting = status?.resting ?? null
  return resting === null ? null : { message: resting.message, tries: null, nextAt: resting.nextAt }
}

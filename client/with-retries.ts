import { type AttemptStatus, statusQuery } from '../workflows/messages.ts'
import type { AttemptRow, ListedAttempt } from './attempts.ts'
import { callsAtOnce, inTurns } from './in-turns.ts'
import { isServerSilent } from './server-failure.ts'
import type { Session } from './session.ts'
import { retryOf, type StepRetry } from './step-retry.ts'

/** The rows of attempts; those that run say whether their step failed and is tried again. Only a rest needs a worker. */
export function withRetries(
  session: Pick<Session, 'client'>,
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
async function restOf(
  session: Pick<Session, 'client'>,
  { row, runId }: ListedAttempt,
): Promise<StepRetry | null> {
  const handle = session.client.workflow.getHandle(row.id, runId)
  const status = await session.client
    .withDeadline(Date.now() + 2000, () => handle.query<AttemptStatus>(statusQuery.name))
    .catch((error: unknown) => {
      if (isServerSilent(error)) throw error
      return null
    })
  const resting = status?.resting ?? null
  return resting === null ? null : { message: resting.message, tries: 1, nextAt: resting.nextAt }
}

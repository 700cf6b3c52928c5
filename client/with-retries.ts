import type { AttemptRow, ListedAttempt } from './attempts.ts'
import { callsAtOnce, inTurns } from './in-turns.ts'
import type { Session } from './session.ts'
import { retryOf } from './step-retry.ts'

/** The rows of attempts; those that run say whether their step failed and is tried again. Needs no worker. */
export function withRetries(
  session: Session,
  listed: readonly ListedAttempt[],
): Promise<readonly AttemptRow[]> {
  return inTurns(listed, callsAtOnce, async ({ row, running, runId }) => {
    if (!running || row.phase === 'waiting') return row
    const description = await session.client.workflow.getHandle(row.id, runId).describe()
    const retrying = retryOf(description)
    return retrying === null ? row : { ...row, retrying }
  })
}

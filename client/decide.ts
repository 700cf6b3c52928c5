import { userInfo } from 'node:os'
import { WorkflowNotFoundError, WorkflowUpdateFailedError } from '@temporalio/client'
import type { DecisionName } from '../domain/attempt.ts'
import { UndriftError } from '../domain/errors.ts'
import type { DecisionInput } from '../workflows/messages.ts'
import type { ListedAttempt } from './attempts.ts'
import { lineFlag } from './cli/render/words.ts'
import { askWorker, type Session } from './session.ts'

/** Sends a decision to an attempt and returns its answering sentence; UNDRIFT_E_REFUSED with the reason otherwise. */
export async function decide(
  session: Session,
  listed: ListedAttempt,
  decision: { readonly name: DecisionName; readonly input: DecisionInput },
): Promise<string> {
  const { row } = listed
  if (!listed.running) {
    throw new UndriftError(
      'UNDRIFT_E_REFUSED',
      `${row.id} has ended (${row.outcome ?? 'without an outcome'}); nothing can be decided any more.`,
      { hint: afterTheEnd(row) },
    )
  }
  const handle = session.client.workflow.getHandle(row.id, listed.runId)
  try {
    return await askWorker(session, () =>
      handle.executeUpdate<string, [DecisionInput]>(decision.name, { args: [decision.input] }),
    )
  } catch (error) {
    if (error instanceof WorkflowUpdateFailedError) {
      throw new UndriftError('UNDRIFT_E_REFUSED', error.cause?.message ?? error.message, {
        cause: error,
        hint: `See what is possible now: undrift show ${row.id}`,
      })
    }
    if (error instanceof WorkflowNotFoundError) {
      throw new UndriftError('UNDRIFT_E_REFUSED', `${row.id} has ended meanwhile.`, { cause: error })
    }
    throw error
  }
}

/** What is possible after the end: a release that was blocked or failed may be run again. */
function afterTheEnd(row: ListedAttempt['row']): string {
  return row.outcome === 'failed' || row.outcome === 'blocked'
    ? `Start it again with: undrift run ${row.fork} ${row.tag}${lineFlag(row)}`
    : `See how it ended: undrift show ${row.id}`
}

/** Who decides, for the record: the name that the person gave, else the one of the system. */
export function decider(env: NodeJS.ProcessEnv): string {
  if (env.UNDRIFT_USER) return env.UNDRIFT_USER
  try {
    return userInfo().username
  } catch {
    return env.USER || 'somebody'
  }
}

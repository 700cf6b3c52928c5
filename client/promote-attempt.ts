import { WorkflowFailedError } from '@temporalio/client'
import { ApplicationFailure } from '@temporalio/common'
import { UndriftError } from '../domain/errors.ts'
import { promoteId } from '../domain/ids.ts'
import { taskQueues } from '../domain/queues.ts'
import {
  type AttemptStatus,
  type PromoteInput,
  type PromoteResult,
  workflowTypes,
} from '../workflows/messages.ts'
import type { AttemptDetails } from './attempt-details.ts'
import { searchKeys } from './search-attributes.ts'
import type { Session } from './session.ts'

/** The move of the maintained branch that an attempt allows; UNDRIFT_E_REFUSED when it allows none. */
export function planPromotion(details: AttemptDetails, by: string): PromoteInput {
  const { row, status } = details
  if (row.outcome !== 'changed' || status === null || status.head === null || status.stackHead === null) {
    const standing = row.outcome ?? row.phase
    throw new UndriftError(
      'UNDRIFT_E_REFUSED',
      `${row.id} is ${standing}; only a candidate of an attempt that ended \`changed\` can be promoted.`,
      {
        hint: `See where it stands: undrift show ${row.id}`,
      },
    )
  }
  return {
    settings: status.settings,
    attempt: row.id,
    tag: row.tag,
    to: status.head,
    expected: status.stackHead,
    by,
  }
}

/** Starts the move of the maintained branch, or joins it where somebody has started it already. */
export async function startPromotion(
  session: Session,
  input: PromoteInput,
): Promise<{ readonly workflowId: string; readonly runId: string }> {
  const { fork, upstream } = input.settings
  const workflowId = promoteId(fork.name, fork.line, input.tag)
  const handle = await session.client.workflow.start(workflowTypes.promote, {
    workflowId,
    taskQueue: taskQueues.control,
    args: [input],
    // A move that was made may have been taken back since: the remotes are looked at each time.
    workflowIdReusePolicy: 'ALLOW_DUPLICATE',
    workflowIdConflictPolicy: 'USE_EXISTING',
    staticSummary: `${fork.name}: ${fork.branch} to ${input.to.slice(0, 10)} (${input.tag})`,
    typedSearchAttributes: [
      { key: searchKeys.upstream, value: upstream.name },
      { key: searchKeys.fork, value: fork.name },
      { key: searchKeys.release, value: input.tag },
    ],
  })
  return { workflowId, runId: handle.firstExecutionRunId }
}

/** Waits for the move; UNDRIFT_E_REFUSED with the reason when it was not made. */
export async function promotionResult(session: Session, workflowId: string): Promise<PromoteResult> {
  try {
    return (await session.client.workflow.getHandle(workflowId).result()) as PromoteResult
  } catch (error) {
    if (!(error instanceof WorkflowFailedError)) throw error
    const cause = innermost(error)
    throw new UndriftError('UNDRIFT_E_REFUSED', `The promotion stopped: ${cause.message}`, {
      cause: error,
      hint: 'Promoting again is safe: it looks at every remote first, and moves what is not moved yet.',
    })
  }
}

function innermost(error: Error): Error {
  if (error instanceof ApplicationFailure) return error
  return error.cause instanceof Error ? innermost(error.cause) : error
}

/** The commits that the promotion puts on the branch, for the person who must say yes. */
export function promotionSummary(status: AttemptStatus, input: PromoteInput): string {
  const { fork } = status.settings
  // What landed, or was dropped or folded, is no commit of the candidate.
  const count = new Set(status.patches.flatMap(({ newOid }) => newOid ?? [])).size
  const patches = `${count} ${count === 1 ? 'patch' : 'patches'}`
  return `${fork.branch} of ${fork.name} from ${input.expected.slice(0, 10)} to ${input.to.slice(0, 10)} (${input.tag}, ${patches})`
}

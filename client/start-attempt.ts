import { WorkflowExecutionAlreadyStartedError } from '@temporalio/client'
import { maintainId } from '../domain/ids.ts'
import { taskQueues } from '../domain/queues.ts'
import type { AttemptSettings } from '../domain/settings.ts'
import { type MaintainInput, workflowTypes } from '../workflows/messages.ts'
import { withDecisionRule } from './decision-rule.ts'
import { describeAttempt } from './find-attempt.ts'
import { searchKeys } from './search-attributes.ts'
import type { Session } from './session.ts'

/** What starting an attempt came to; the same release never starts twice. */
export interface StartedAttempt {
  readonly id: string
  readonly runId: string
  readonly how: 'started' | 'joined' | 'already-done'
}

export interface StartOptions {
  /** What to do with an attempt that has ended well: leave it, or make another one in its place. */
  readonly ended: 'leave' | 'start-again'
}

/** Starts the maintenance of a release, joins it where it runs already, and by default leaves it where it has ended well. */
export async function startAttempt(
  session: Session,
  wanted: { readonly settings: AttemptSettings; readonly tag: string },
  options: StartOptions,
): Promise<StartedAttempt> {
  const { tag } = wanted
  const upstream = withDecisionRule(wanted.settings.upstream, session.server)
  const settings = { ...wanted.settings, upstream }
  const { fork } = settings
  const id = maintainId(fork.name, fork.line, tag)
  const before = await describeAttempt(session, id)
  if (before?.running) return { id, runId: before.runId, how: 'joined' }
  const input: MaintainInput = { settings, byHand: true, release: { tag, publishedAt: null, url: null } }
  try {
    const handle = await session.client.workflow.start(workflowTypes.maintain, {
      workflowId: id,
      taskQueue: taskQueues.control,
      args: [input],
      workflowIdReusePolicy:
        options.ended === 'start-again' ? 'ALLOW_DUPLICATE' : 'ALLOW_DUPLICATE_FAILED_ONLY',
      workflowIdConflictPolicy: 'FAIL',
      staticSummary: `${fork.name}@${tag} (${fork.line})`,
      typedSearchAttributes: [
        { key: searchKeys.upstream, value: upstream.name },
        { key: searchKeys.fork, value: fork.name },
        { key: searchKeys.release, value: tag },
        { key: searchKeys.phase, value: 'fetching' },
      ],
    })
    return { id, runId: handle.firstExecutionRunId, how: 'started' }
  } catch (error) {
    if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error
    // Somebody may have started it since we looked.
    const now = await describeAttempt(session, id)
    return { id, runId: now?.runId ?? before?.runId ?? '', how: now?.running ? 'joined' : 'already-done' }
  }
}

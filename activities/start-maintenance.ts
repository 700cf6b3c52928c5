import { Context } from '@temporalio/activity'
import { WorkflowExecutionAlreadyStartedError } from '@temporalio/common'
import { maintainId } from '../domain/ids.ts'
import { taskQueues } from '../domain/queues.ts'
import type { StartMaintenanceInput } from './watch-types.ts'

/**
 * Starts the maintenance of a release, or signals the one that runs. The workflow id is the guard: the same release is
 * never maintained twice for one line, however often it is seen.
 */
export async function startMaintenance(
  input: StartMaintenanceInput,
): Promise<'started' | 'running' | 'done'> {
  const { settings, release, returned } = input
  const { name, line } = settings.fork
  try {
    await Context.current().client.workflow.signalWithStart('maintainRelease', {
      workflowId: maintainId(name, line, release.tag),
      taskQueue: taskQueues.control,
      args: [{ settings, release }],
      signal: 'releaseSeen',
      signalArgs: [{ tag: release.tag }],
      workflowIdReusePolicy: returned ? 'ALLOW_DUPLICATE' : 'ALLOW_DUPLICATE_FAILED_ONLY',
      staticSummary: `${name} (${line}) → ${release.tag}`,
    })
    return 'started'
  } catch (error) {
    if (error instanceof WorkflowExecutionAlreadyStartedError) return 'done'
    throw error
  }
}

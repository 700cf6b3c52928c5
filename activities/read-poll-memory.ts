import { Context } from '@temporalio/activity'
import { defaultPayloadConverter } from '@temporalio/common'
import type { PollMemory } from '../domain/poll-memory.ts'
import { memoryBefore, type PollHeartbeat } from './poll-memory.ts'

/**
 * Reads what the pending poll of the calling watch has left in its heartbeat. A poll that begins anew does not see it, and
 * it must not be forgotten how long a feed has failed because somebody wanted to look at once.
 */
export async function readPollMemory(): Promise<PollMemory | null> {
  const { client, info } = Context.current()
  if (info.workflowExecution === undefined) return null
  const { workflowId, runId } = info.workflowExecution
  const { raw } = await client.workflow.getHandle(workflowId, runId).describe()
  const poll = raw.pendingActivities?.find(({ activityId }) => activityId === 'poll-feed')
  const payload = poll?.heartbeatDetails?.payloads?.[0]
  if (!payload) return null
  return memoryBefore(defaultPayloadConverter.fromPayload<PollHeartbeat>(payload), undefined)
}

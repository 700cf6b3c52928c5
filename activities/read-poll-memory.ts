import { Context } from '@temporalio/activity'
import type { PollMemory } from '../domain/poll-memory.ts'
import { openAnswer } from '../domain/sealed.ts'
import { decodePayload } from '../seal/decode-payload.ts'
import { memoryBefore, type PollHeartbeat } from './poll-memory.ts'

const pollId = 'poll-feed'

/**
 * Reads what the pending poll of the calling watch has left in its heartbeat. A poll that begins anew does not see it, and
 * it must not be forgotten how long a feed has failed because somebody wanted to look at once.
 */
export async function readPollMemory(): Promise<PollMemory | null> {
  const { client, info } = Context.current()
  if (info.workflowExecution === undefined) return null
  const { workflowId, runId } = info.workflowExecution
  const { raw } = await client.workflow.getHandle(workflowId, runId).describe()
  const poll = raw.pendingActivities?.find(({ activityId }) => activityId === pollId)
  const payload = poll?.heartbeatDetails?.payloads?.[0]
  if (!payload) return null
  const place = { workflowId, activityId: pollId }
  const left = openAnswer(await decodePayload(client, payload, place), ['installation'])
  return left === undefined ? null : memoryBefore(left.value as PollHeartbeat | null, undefined)
}

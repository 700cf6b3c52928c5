import { ActivityFailure, ApplicationFailure } from '@temporalio/common'
import { proxyActivities } from '@temporalio/workflow'

/** What somebody does who has a worker of their own on the server: asks for any activity on any queue. Answers how that failed. */
export async function askFor(taskQueue: string, activity: string, input: unknown): Promise<string> {
  const activities = proxyActivities<Record<string, (input: unknown) => Promise<unknown>>>({
    taskQueue,
    startToCloseTimeout: '30s',
    retry: { maximumAttempts: 1 },
  })
  try {
    return JSON.stringify(await activities[activity]?.(input))
  } catch (error) {
    const cause = error instanceof ActivityFailure ? error.cause : error
    return cause instanceof ApplicationFailure ? (cause.type ?? '') : String(cause)
  }
}

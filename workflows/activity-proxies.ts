import { ActivityCancellationType, proxyActivities } from '@temporalio/workflow'
import type { ControlActivities, GitActivities, VerifyActivities } from '../activities/types.ts'
import { errorTable } from '../domain/errors.ts'
import { taskQueues } from '../domain/queues.ts'

/** Failures that no repetition cures: they go to a person at once. */
const nonRetryableErrorTypes = Object.entries(errorTable)
  .filter(([, row]) => !row.retryable)
  .map(([code]) => code)

/** An outage of a remote is retried with growing delay; the worker says when it has lasted too long, see activities/step.ts. */
const patientRetry = {
  initialInterval: '1s',
  backoffCoefficient: 2,
  maximumInterval: '30m',
  nonRetryableErrorTypes,
} as const

/** Six tries over half a minute ride out a passing fault; what lasts longer is shown to a person. */
const retry = {
  initialInterval: '1s',
  backoffCoefficient: 2,
  maximumInterval: '30s',
  maximumAttempts: 6,
  nonRetryableErrorTypes,
} as const

/** Quick calls on the server itself; they are repeated until the server answers. */
export const control = proxyActivities<Omit<ControlActivities, 'pollFeed' | 'readPollMemory' | 'lookUpTag'>>({
  taskQueue: taskQueues.control,
  startToCloseTimeout: '30s',
  retry: { initialInterval: '1s', maximumInterval: '1m', nonRetryableErrorTypes },
})

/** A look at the server that is not worth waiting for. */
export const quickLook = proxyActivities<Pick<ControlActivities, 'readPollMemory'>>({
  taskQueue: taskQueues.control,
  startToCloseTimeout: '5s',
  scheduleToCloseTimeout: '10s',
  summary: 'what the polls came to',
  retry: { maximumAttempts: 2, nonRetryableErrorTypes },
})

/** A look at the upstream repository that a person waits for. */
export const lookUp = proxyActivities<Pick<ControlActivities, 'lookUpTag'>>({
  taskQueue: taskQueues.control,
  startToCloseTimeout: '20s',
  scheduleToCloseTimeout: '30s',
  summary: 'look up the tag',
  retry: { maximumAttempts: 2, nonRetryableErrorTypes },
})

/** The poll of one upstream: one activity that is retried for ever. */
export function pollActivity(pollSeconds: number): Pick<ControlActivities, 'pollFeed'> {
  return proxyActivities<Pick<ControlActivities, 'pollFeed'>>({
    taskQueue: taskQueues.control,
    activityId: 'poll-feed',
    startToCloseTimeout: '60s',
    // The next poll has the same id: the server refuses it while this one is not over.
    cancellationType: ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
    summary: `every ${pollSeconds} s`,
    // The server clamps each delay to maximumInterval, so that it must hold the longest Retry-After.
    retry: { initialInterval: pollSeconds * 1000, backoffCoefficient: 1, maximumInterval: '7 days' },
  })
}

/** Steps that work on the mirror. `workerMs` bounds how long a queue without a worker goes unnoticed. */
export function gitActivities(
  summary: string,
  workerMs: number,
  { outages }: { readonly outages: 'ride-out' | 'tell-soon' } = { outages: 'ride-out' },
): Omit<GitActivities, 'recordAttempt' | 'recordEvent' | 'showMovedTags' | 'keepWatch' | 'recallWatch'> {
  return proxyActivities<GitActivities>({
    taskQueue: taskQueues.git,
    startToCloseTimeout: '1h',
    scheduleToStartTimeout: workerMs,
    heartbeatTimeout: '20s',
    summary,
    retry: outages === 'tell-soon' ? retry : patientRetry,
  })
}

/** The evidence of a watch's alarm: it waits for a worker with a mirror, and nothing waits for it. */
export const evidence = proxyActivities<Pick<GitActivities, 'showMovedTags'>>({
  taskQueue: taskQueues.git,
  startToCloseTimeout: '10m',
  scheduleToCloseTimeout: '30 days',
  heartbeatTimeout: '20s',
  summary: 'compare tags that moved',
  retry: { initialInterval: '1s', maximumInterval: '10m', nonRetryableErrorTypes },
})

/** What a watch knows, in Git: it waits for a worker with the mirror. */
export const watchMemory = proxyActivities<Pick<GitActivities, 'keepWatch' | 'recallWatch'>>({
  taskQueue: taskQueues.git,
  startToCloseTimeout: '5m',
  heartbeatTimeout: '20s',
  retry: { initialInterval: '1s', maximumInterval: '1m', nonRetryableErrorTypes },
})

/** The ledger's entry of an attempt that has its outcome: given up after a while, because the outcome stands. */
export const ledger = proxyActivities<Pick<GitActivities, 'recordAttempt' | 'recordEvent'>>({
  taskQueue: taskQueues.git,
  startToCloseTimeout: '5m',
  scheduleToStartTimeout: '2m',
  scheduleToCloseTimeout: '10m',
  heartbeatTimeout: '20s',
  summary: 'write the ledger',
  retry,
})

/** The same for an attempt that no worker has answered yet: its end must not wait for one. */
export const quickLedger = proxyActivities<Pick<GitActivities, 'recordAttempt'>>({
  taskQueue: taskQueues.git,
  startToCloseTimeout: '5m',
  scheduleToStartTimeout: '10s',
  scheduleToCloseTimeout: '10m',
  heartbeatTimeout: '20s',
  summary: 'write the ledger',
  retry,
})

/** The step that runs untrusted code. Its own limits end it long before its timeout does. */
export function verifyActivities(
  summary: string,
  workerMs: number,
  options: { readonly timeoutSeconds: number },
): VerifyActivities {
  return proxyActivities<VerifyActivities>({
    taskQueue: taskQueues.verify,
    startToCloseTimeout: (options.timeoutSeconds + 600) * 1000,
    scheduleToStartTimeout: workerMs,
    heartbeatTimeout: '20s',
    cancellationType: ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
    summary,
    retry: patientRetry,
  })
}

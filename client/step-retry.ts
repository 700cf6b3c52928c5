import type { WorkflowExecutionDescription } from '@temporalio/client'

/** Why a step is tried again, and when. */
export interface StepRetry {
  /** What failed last. */
  readonly message: string
  /** Tries so far; null while an attempt rests between rounds of them. */
  readonly tries: number | null
  /** ISO 8601; null while a try runs. */
  readonly nextAt: string | null
}

/** The step of an attempt that failed and is tried again, as the server tells it; null where none is. */
export function retryOf({ raw }: Pick<WorkflowExecutionDescription, 'raw'>): StepRetry | null {
  for (const { lastFailure, attempt, nextAttemptScheduleTime, lastStartedTime } of raw.pendingActivities ??
    []) {
    const message = lastFailure?.message
    if (!message || (attempt ?? 1) < 2) continue
    const next = nextAttemptScheduleTime ?? null
    const nextAt =
      next === null || lastStartedTime ? null : new Date(Number(next.seconds ?? 0) * 1000).toISOString()
    return { message, tries: (attempt ?? 1) - 1, nextAt }
  }
  return null
}

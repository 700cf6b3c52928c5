import { ActivityFailure, ApplicationFailure, RetryState } from '@temporalio/common'
import { errorTable } from '../domain/errors.ts'

const type = 'UNDRIFT_E_UNSIGNED'

/** As the activity's own failure would come: what a person is asked then fits. */
export function unsignedAnswer(activityType: string): ActivityFailure {
  const cause = ApplicationFailure.create({
    type,
    message: `The answer of ${activityType} is not signed by a key that this worker trusts. ${errorTable.UNDRIFT_E_UNSIGNED.hint}`,
    nonRetryable: true,
  })
  return new ActivityFailure(
    cause.message,
    activityType,
    undefined,
    RetryState.NON_RETRYABLE_FAILURE,
    undefined,
    cause,
  )
}

/** Whether an activity failed for want of a signature, on the way to its worker or back: nothing is learnt from that. */
export function isUnsignedAnswer(error: unknown): boolean {
  return (
    error instanceof ActivityFailure && error.cause instanceof ApplicationFailure && error.cause.type === type
  )
}

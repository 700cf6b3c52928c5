import { ApplicationFailure, Context } from '@temporalio/activity'
import type { ActivityInboundCallsInterceptor } from '@temporalio/worker'
import { askedBy, beyondPolicy } from '../config/check-policy.ts'
import type { FollowedPolicy } from '../config/load-policy.ts'
import { errorTable, UndriftError } from '../domain/errors.ts'
import type { Role } from '../domain/queues.ts'

/** These only hand settings to attempts, whose steps are refused by themselves, in the attempt's own words. */
const handOn = new Set(['startMaintenance', 'offerSettings'])

/** Runs no activity whose settings ask for more than the policy of this worker allows, whoever signed them. */
export function refusingBeyond(role: Role, policy: FollowedPolicy): ActivityInboundCallsInterceptor {
  return {
    execute: async (input, next) => {
      const { activityType } = Context.current().info
      if (!handOn.has(activityType)) demand(activityType, role, { policy, input: input.args[0] })
      return next(input)
    },
  }
}

function demand(
  activityType: string,
  role: Role,
  asked: { readonly policy: FollowedPolicy; readonly input: unknown },
): void {
  const { file } = asked.policy
  const refusal = (words: string) =>
    ApplicationFailure.create({
      type: 'UNDRIFT_E_POLICY',
      message: `${words} ${errorTable.UNDRIFT_E_POLICY.hint}`,
      // A watch goes on to look: its next poll may be allowed.
      nonRetryable: activityType !== 'pollFeed',
    })
  try {
    const policy = asked.policy.now()
    const found = policy === null ? [] : beyondPolicy(askedBy(asked.input), { policy, role })
    if (found.length === 0) return
    throw refusal(`The policy of this worker (${file}) does not allow ${found.join(', ')}.`)
  } catch (error) {
    if (error instanceof UndriftError)
      throw refusal(`The policy of this worker cannot be read: ${error.message}`)
    throw error
  }
}

import { ApplicationFailure, Context } from '@temporalio/activity'
import type { ActivityInboundCallsInterceptor } from '@temporalio/worker'
import { errorTable } from '../domain/errors.ts'
import { labelOf, openMessage } from '../domain/sealed.ts'

/** Runs no activity whose input nobody signed for it: anybody who reaches the server can ask for any. */
export const refusingUnsigned: ActivityInboundCallsInterceptor = {
  execute: async (input, next) => {
    const { activityType } = Context.current().info
    const opened = openMessage(input.args, labelOf.activity(activityType))
    if (opened.proof.kind === 'unsigned') {
      throw ApplicationFailure.create({
        type: 'UNDRIFT_E_UNSIGNED',
        message: `${activityType}: its input is not signed by a key that this worker trusts. ${errorTable.UNDRIFT_E_UNSIGNED.hint}`,
        nonRetryable: true,
      })
    }
    return next({ ...input, args: [opened.input] })
  },
}

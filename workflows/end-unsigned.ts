import { ApplicationFailure } from '@temporalio/common'
import { setCurrentDetails, workflowInfo } from '@temporalio/workflow'
import { errorTable } from '../domain/errors.ts'
import { readMaintainId } from '../domain/ids.ts'
import { rowText } from '../domain/row-text.ts'
import { workflowTypes } from './messages.ts'
import { showInLists } from './search-attributes.ts'

/** Ends a workflow whose input nobody signed for it, before anything of the input is looked at, and leaves an alarm in the lists. */
export function endUnsigned(): never {
  const { workflowId, workflowType } = workflowInfo()
  const message = `Integrity alarm: the settings of ${workflowId} are not signed by a key that this worker trusts, or were altered. ${errorTable.UNDRIFT_E_UNSIGNED.hint}`
  setCurrentDetails(message)
  if (workflowType === workflowTypes.maintain) {
    const { fork } = readMaintainId(workflowId)
    showInLists(
      { fork, phase: 'ended', outcome: 'failed', needs: 'unsigned', question: rowText(message) },
      new Date(Date.now()),
    )
  }
  throw ApplicationFailure.create({ type: 'UNDRIFT_E_UNSIGNED', message, nonRetryable: true })
}

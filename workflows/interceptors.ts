import {
  type WorkflowInboundCallsInterceptor,
  type WorkflowInterceptorsFactory,
  type WorkflowOutboundCallsInterceptor,
  workflowInfo,
} from '@temporalio/workflow'
import { taskQueues } from '../domain/queues.ts'
import { labelled, labelOf, openAnswer, openMessage, type Proof, unsigned } from '../domain/sealed.ts'
import { endUnsigned } from './end-unsigned.ts'
import { unsignedAnswer } from './unsigned-answer.ts'

/** How old the signature of a word may be: older ones are replays, or come from a clock that is wrong. */
const freshMs = 10 * 60_000

/**
 * The one place where what comes to a workflow is opened: its input and the answers of its activities must be signed, and the
 * handlers of messages are told whether theirs was. What goes out says what it is for.
 */
export const interceptors: WorkflowInterceptorsFactory = () => {
  return { inbound: [inbound()], outbound: [outbound] }
}

function inbound(): WorkflowInboundCallsInterceptor {
  /** When the newest word that was taken was signed: one that is not newer was sent before. */
  let newest = ''

  /** The proof of an update, where it is fresh. A signal may wait for a worker for days, and is no proof of a decision. */
  function fresh(proof: Proof): Proof {
    if (proof.kind === 'unsigned') return unsigned
    const isNew = proof.at > newest && Math.abs(Date.now() - Date.parse(proof.at)) <= freshMs
    return isNew ? proof : unsigned
  }

  return {
    execute: async (input, next) => {
      const { workflowType } = workflowInfo()
      const opened = openMessage(input.args, labelOf.start(workflowType))
      if (opened.proof.kind === 'unsigned') endUnsigned()
      return next({ ...input, args: [opened.input, opened.proof] })
    },
    handleSignal: (input, next) => {
      const opened = openMessage(input.args, labelOf.signal(input.signalName))
      return next({ ...input, args: [opened.input, opened.proof] })
    },
    validateUpdate: (input, next) => {
      const opened = openMessage(input.args, labelOf.update(input.name))
      return next({ ...input, args: [opened.input, fresh(opened.proof)] })
    },
    handleUpdate: (input, next) => {
      const opened = openMessage(input.args, labelOf.update(input.name))
      const proof = fresh(opened.proof)
      if (proof.kind === 'signed') newest = proof.at
      return next({ ...input, args: [opened.input, proof] })
    },
    handleQuery: (input, next) => next({ ...input, args: [] }),
  }
}

const outbound: WorkflowOutboundCallsInterceptor = {
  scheduleActivity: async (input, next) => {
    const { activityType, options } = input
    const args = labelled(input.args, labelOf.activity(activityType))
    const isVerify = options.taskQueue === taskQueues.verify
    const answer = openAnswer(
      await next({ ...input, args }),
      isVerify ? ['installation', 'verify'] : ['installation'],
    )
    if (answer === undefined) throw unsignedAnswer(activityType)
    return answer.value
  },
  continueAsNew: (input, next) =>
    next({ ...input, args: labelled(input.args, labelOf.start(workflowInfo().workflowType)) }),
}

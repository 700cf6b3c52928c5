import { ApplicationFailure, CancelledFailure, Context } from '@temporalio/activity'
import { type ErrorCode, UndriftError } from '../domain/errors.ts'
import { usualPatienceSeconds } from '../domain/poll-memory.ts'
import type { UpstreamSettings } from '../domain/settings.ts'

export interface StepContext {
  /** Aborts when the step is cancelled or its worker stops. */
  readonly signal: AbortSignal
  /** Shows how far the step is, to whoever describes the workflow. */
  readonly report: (progress: StepProgress) => void
}

export interface StepProgress {
  readonly done: number
  readonly total: number
  readonly what: string
}

/** A third of the steps' heartbeat timeout. */
const heartbeatMs = 6_000
/** Most that a result may weigh, in bytes of JSON; Temporal's own limit is 2 MB, and what is over it is retried for ever. */
const largestResult = 256 * 1024
/** Tries of a step that fails for another reason than an outage: about half a minute. */
const mostTries = 6

/** Whether a failure is told instead of tried again: an outage of a remote after a day, or `patience`; any other soon. */
export function isLastTry(
  code: ErrorCode,
  {
    tries,
    waitedMs,
    outageMs,
  }: { readonly tries: number; readonly waitedMs: number; readonly outageMs: number },
): boolean {
  // A full disk is waited for: the words say how much room is missing.
  if (code === 'UNDRIFT_E_DISK') return false
  return code === 'UNDRIFT_E_REMOTE' ? waitedMs >= outageMs : tries >= mostTries
}

/** Runs a step: beats while it works, turns our errors into failures of the history, and bounds what it returns. */
export async function runStep<T>(
  work: (step: StepContext) => Promise<T>,
  { patienceSeconds = usualPatienceSeconds }: Pick<UpstreamSettings, 'patienceSeconds'> = {},
): Promise<T> {
  const context = Context.current()
  let progress: StepProgress | undefined
  const beat = setInterval(() => context.heartbeat(progress), heartbeatMs)
  context.heartbeat(progress)
  try {
    return bounded(
      await work({
        signal: context.cancellationSignal,
        report: (next) => {
          progress = next
          context.heartbeat(next)
        },
      }),
    )
  } catch (error) {
    if (context.cancellationSignal.aborted) throw new CancelledFailure('The step was cancelled.')
    const { attempt: tries, scheduledTimestampMs } = context.info
    const waitedMs = Date.now() - scheduledTimestampMs
    throw asFailure(error, (code) => isLastTry(code, { tries, waitedMs, outageMs: patienceSeconds * 1000 }))
  } finally {
    clearInterval(beat)
  }
}

/** An error as it may stand in a history: the table's code as its type, a sentence and no stack of the worker's. */
function asFailure(error: unknown, isLast: (code: ErrorCode) => boolean): ApplicationFailure {
  if (error instanceof ApplicationFailure) return error
  if (error instanceof UndriftError) {
    return ApplicationFailure.create({
      type: error.code,
      message: `${error.message} ${error.hint}`,
      nonRetryable: !error.retryable || isLast(error.code),
      ...(error.reason === null ? {} : { details: [error.reason] }),
    })
  }
  const message = error instanceof Error ? error.message : String(error)
  return ApplicationFailure.create({
    type: 'UNDRIFT_E_INTERNAL',
    message,
    nonRetryable: isLast('UNDRIFT_E_INTERNAL'),
  })
}

function bounded<T>(result: T): T {
  const bytes = Buffer.byteLength(JSON.stringify(result) ?? '')
  if (bytes <= largestResult) return result
  throw new UndriftError(
    'UNDRIFT_E_PAYLOAD',
    `The step's result weighs ${bytes} bytes, more than ${largestResult}.`,
  )
}

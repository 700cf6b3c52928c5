import { setTimeout as sleep } from 'node:timers/promises'
import { Connection, isGrpcServiceError } from '@temporalio/client'

export interface Patience {
  /** As many questions in a row without an answer are enough. */
  readonly questions: number
  /** How long each may take, in milliseconds. */
  readonly answerMs: number
  /** Before each question, in milliseconds. */
  readonly pauseMs: number
}

/** Minutes: a server with too much to do must not be taken for one that hangs. */
const usualPatience: Patience = { questions: 5, answerMs: 30_000, pauseMs: 15_000 }

/** gRPC's own numbers. Source: "Status codes and their use in gRPC". */
const silence: readonly number[] = [4 /* DEADLINE_EXCEEDED */, 14 /* UNAVAILABLE */]

/**
 * Resolves when a Temporal server, though its process may run, has not answered several questions in a row, or when the
 * signal is aborted. What is asked for is a workflow that does not exist: to say so, the server has to look into its
 * database, which is not so for a namespace or for its health.
 */
export async function untilSilent(
  address: string,
  {
    signal,
    patience = usualPatience,
  }: { readonly signal: AbortSignal; readonly patience?: Patience | undefined },
): Promise<void> {
  const connection = Connection.lazy({ address })
  try {
    for (let silent = 0; silent < patience.questions; ) {
      await sleep(patience.pauseMs, undefined, { signal })
      const isSilent = await connection.withAbortSignal(signal, () => isMute(connection, patience.answerMs))
      silent = isSilent ? silent + 1 : 0
    }
  } catch (error) {
    if (!signal.aborted) throw error
  } finally {
    await connection.close()
  }
}

async function isMute(connection: Connection, answerMs: number): Promise<boolean> {
  const execution = { workflowId: 'undrift-does-the-server-answer' }
  try {
    await connection.withDeadline(Date.now() + answerMs, () =>
      connection.workflowService.describeWorkflowExecution({ namespace: 'default', execution }),
    )
    return false
  } catch (error) {
    // Every other failure, such as that there is no such workflow, is an answer.
    return isGrpcServiceError(error) && silence.includes(error.code)
  }
}

import { UndriftError } from '../domain/errors.ts'
import { type ExitCode, exitCodes } from '../domain/exit-codes.ts'

/** What these processes say on stdout to whoever started them: one JSON object a line. */
export type WorkerEvent =
  | {
      readonly event: 'ready'
      readonly address: string
      /** Null where the server is not ours. */
      readonly uiUrl: string | null
      readonly pid: number
      readonly roles: readonly string[]
      /** Process ids of the worker processes, by their roles joined with a comma. */
      readonly workers: Readonly<Record<string, number>>
    }
  | { readonly event: 'error'; readonly code: string; readonly message: string; readonly hint: string }

/** Says it; nobody listening any more is no error. */
export function emit(event: WorkerEvent): void {
  process.stdout.write(`${JSON.stringify(event)}\n`)
}

/** Says what went wrong and gives the exit code that goes with it. */
export function emitError(error: unknown): ExitCode {
  if (error instanceof UndriftError) {
    emit({ event: 'error', code: error.code, message: error.message, hint: error.hint })
    return error.exitCode
  }
  const message = error instanceof Error ? `${error.name}: ${error.message}` : String(error)
  const { code, hint } = new UndriftError('UNDRIFT_E_INTERNAL', message)
  emit({ event: 'error', code, message, hint })
  return exitCodes.internal
}

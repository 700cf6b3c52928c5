import { UndriftError } from '../../domain/errors.ts'
import type { ExitCode } from '../../domain/exit-codes.ts'
import { harmlessText } from '../../domain/outside-text.ts'
import type { Style } from './style.ts'

/** An error as the CLI reports it. */
export interface Failure {
  readonly code: string
  readonly message: string
  readonly hint: string
  readonly exitCode: ExitCode
}

/**
 * What a thrown value means for the person; what the table does not know is a bug of ours. `dataOption` completes the
 * commands of the hint, so that they work when pasted.
 */
export function toFailure(error: unknown, dataOption: string): Failure {
  if (error instanceof UndriftError) {
    const hint = error.hint.replaceAll(/\bundrift [a-z]+\b(?! --data)/g, (command) => command + dataOption)
    return { code: error.code, message: error.message, hint, exitCode: error.exitCode }
  }
  const message = error instanceof Error ? `${error.name}: ${error.message}` : String(error)
  const internal = new UndriftError('UNDRIFT_E_INTERNAL', message)
  return { code: internal.code, message, hint: internal.hint, exitCode: internal.exitCode }
}

/** The failure as the one object that `--json` promises. */
export function failureJson(failure: Failure): object {
  return {
    version: 1,
    error: { code: failure.code, message: failure.message, hint: failure.hint },
  }
}

/** The failure for a person. */
export function failureText(failure: Failure, style: Style): string {
  const hint = failure.hint === '' ? '' : `\n${style.dim('hint:')} ${failure.hint}`
  return `${style.red('error:')} ${harmlessText(failure.message)}${hint}`
}

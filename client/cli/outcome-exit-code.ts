import { isAlarm, type Outcome } from '../../domain/attempt.ts'
import { type ExitCode, exitCodes } from '../../domain/exit-codes.ts'
import type { AttemptRow } from '../attempts.ts'

type Standing = Pick<AttemptRow, 'phase' | 'outcome' | 'needs'>

/** What the shell is told of an attempt that has ended or waits. An integrity alarm has a code of its own. */
export function outcomeExitCode(row: Standing): ExitCode {
  if (row.phase === 'waiting') return isAlarm(row.needs) ? exitCodes.integrity : exitCodes.needsPerson
  // An attempt that was refused for its settings has ended with its alarm.
  if (isAlarm(row.needs)) return exitCodes.integrity
  return row.outcome === null ? exitCodes.internal : codeOf(row.outcome)
}

const worstFirst: readonly ExitCode[] = [
  exitCodes.interrupted,
  exitCodes.terminated,
  exitCodes.internal,
  exitCodes.integrity,
  exitCodes.needsPerson,
  exitCodes.unavailable,
  exitCodes.failed,
]

/** The exit code of several attempts: the outcome that rolls up decides. Source: the order in domain/attempt.ts. */
export function worstExitCode(codes: readonly ExitCode[]): ExitCode {
  return worstFirst.find((code) => codes.includes(code)) ?? exitCodes.ok
}

function codeOf(outcome: Outcome): ExitCode {
  switch (outcome) {
    case 'completed':
    case 'changed':
    case 'skipped':
    case 'superseded':
      return exitCodes.ok
    case 'failed':
      return exitCodes.failed
    case 'needs_intervention':
      return exitCodes.needsPerson
    case 'blocked':
      return exitCodes.unavailable
  }
}

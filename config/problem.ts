import type { FaultKind } from './fault.ts'

/** One mistake in a config file. Invariant: secrets are blotted out in every field. */
export interface ConfigProblem {
  readonly kind: FaultKind
  readonly file: string
  /** Counted from 1. */
  readonly line: number
  /** Counted from 1. */
  readonly column: number
  /** Where in the document, such as `forks.my-codex.branch`; empty for the whole. */
  readonly path: string
  readonly message: string
  readonly found: string | null
  readonly expected: string | null
  readonly hint: string | null
  /** The lines around, with the place marked. */
  readonly frame: string
}

/** A stretch of the source, as offsets. */
export interface Range {
  readonly start: number
  readonly end: number
}

/** Orders problems as a reader meets them. */
export function byPlace(left: ConfigProblem, right: ConfigProblem): number {
  return (
    left.line - right.line || left.column - right.column || left.message.localeCompare(right.message, 'en')
  )
}

/**
 * Runs a regular expression of the operator's on a tag of a stranger's. The caller may bring one that gives up in time;
 * this room has no clock of its own.
 */
export type Exec = (expression: RegExp, text: string) => RegExpExecArray | null | 'too-slow'

/** Runs the expression for as long as it takes. */
export function execUnguarded(expression: RegExp, text: string): RegExpExecArray | null {
  return expression.exec(text)
}

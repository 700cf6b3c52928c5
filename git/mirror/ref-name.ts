import { UndriftError } from '../../domain/errors.ts'
import { refNameProblem } from '../../domain/ref-name.ts'

/** Whether git would take it as a full ref name below `refs/`, with a folder between: `refs/heads/main`. */
export function isRefName(name: string): boolean {
  return /^refs\/[^/]+\//.test(name) && refNameProblem(name) === null
}

/** Refuses what is not a full ref name, before it gets near an argv or a ref transaction. */
export function assertRefName(name: string): void {
  if (isRefName(name)) return
  throw new UndriftError('UNDRIFT_E_INPUT', `"${name}" is not a full ref name.`, {
    hint: 'Write it out, such as `refs/heads/main`, and keep to what `git check-ref-format` allows.',
  })
}

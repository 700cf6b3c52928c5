import { UndriftError } from '../../domain/errors.ts'

const forbidden = /[\x00-\x20\x7f~^:?*[\\]|\.\.|@\{|\/\/|\.$|\/$/

/** Whether git would take it as a full ref name below `refs/`. Source: git-check-ref-format(1). */
export function isRefName(name: string): boolean {
  if (!name.startsWith('refs/') || forbidden.test(name)) return false
  const parts = name.split('/')
  return (
    parts.length >= 3 &&
    parts.every((part) => part !== '' && !part.startsWith('.') && !part.endsWith('.lock'))
  )
}

/** Refuses what is not a full ref name, before it gets near an argv or a ref transaction. */
export function assertRefName(name: string): void {
  if (isRefName(name)) return
  throw new UndriftError('UNDRIFT_E_INPUT', `"${name}" is not a full ref name.`, {
    hint: 'Write it out, such as `refs/heads/main`, and keep to what `git check-ref-format` allows.',
  })
}

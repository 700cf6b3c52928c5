import { expect, it } from 'vitest'
import { dataFolder } from '../config/data-folder.ts'
import { UndriftError } from '../domain/errors.ts'
import { toFailure } from './cli/failure.ts'
import { dataOption } from './data-option.ts'

const env = { HOME: '/home/ada' }

it('names the data folder only where a pasted command would use another one', () => {
  expect(dataOption({ data: dataFolder(undefined, env), env })).toBe('')
  expect(dataOption({ data: dataFolder('/srv/my data', env), env })).toBe(" --data '/srv/my data'")
})

it('completes the commands of a hint, and those only that lack it', () => {
  const hint = 'See it with: undrift show x, or `undrift up --data /a`; mend undrift.yaml.'
  const failure = toFailure(new UndriftError('UNDRIFT_E_REFUSED', 'No.', { hint }), ' --data /a')
  expect(failure.hint).toBe(
    'See it with: undrift show --data /a x, or `undrift up --data /a`; mend undrift.yaml.',
  )
  expect(toFailure(new UndriftError('UNDRIFT_E_REFUSED', 'No.', { hint }), '').hint).toBe(hint)
})

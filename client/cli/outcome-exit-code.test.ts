import { expect, it } from 'vitest'
import { type Outcome, outcomes } from '../../domain/attempt.ts'
import type { ExitCode } from '../../domain/exit-codes.ts'
import { outcomeExitCode, worstExitCode } from './outcome-exit-code.ts'

const expected: Record<Outcome, ExitCode> = {
  completed: 0,
  changed: 0,
  skipped: 0,
  superseded: 0,
  failed: 1,
  needs_intervention: 3,
  blocked: 4,
}

it.each(outcomes)('ends by the outcome %s', (outcome) => {
  expect(outcomeExitCode({ phase: 'ended', outcome, needs: null })).toBe(expected[outcome])
})

it('ends with 3 while an attempt waits for a person, and with 7 at an integrity alarm', () => {
  const outcome = 'needs_intervention'
  expect(outcomeExitCode({ phase: 'waiting', outcome, needs: 'conflict' })).toBe(3)
  expect(outcomeExitCode({ phase: 'waiting', outcome, needs: 'tag-moved' })).toBe(7)
  expect(outcomeExitCode({ phase: 'waiting', outcome, needs: 'tag-signature' })).toBe(7)
  expect(outcomeExitCode({ phase: 'waiting', outcome, needs: 'signature-tool-missing' })).toBe(3)
})

it.each<[readonly ExitCode[], ExitCode]>([
  [[0, 0], 0],
  [[0, 1], 1],
  [[1, 4], 4],
  [[4, 3, 1], 3],
  [[3, 7], 7],
  [[3, 130], 130],
  [[], 0],
])('lets the worst of %j decide', (codes, worst) => {
  expect(worstExitCode(codes)).toBe(worst)
})

import { expect, it } from 'vitest'
import { candidateSummary } from './candidate-summary.ts'
import type { Verdict } from './patch.ts'

function patch(verdict: Verdict) {
  return { oid: 'a'.repeat(40), subject: 'Subject', verdict, newOid: null, reason: '' }
}

const check = { command: 'make', exitCode: 0, ended: null, milliseconds: 1, log: '', tail: '' }

it('counts what became of the patches, and the checks', () => {
  const patches = ['unchanged', 'merged', 'unchanged', 'landed'].map((verdict) => patch(verdict as Verdict))
  expect(candidateSummary({ patches, checks: [check, check] })).toEqual([
    '4 patches: 2 unchanged, 1 merged, 1 landed',
    '2 checks passed',
  ])
  expect(candidateSummary({ patches: patches.slice(0, 1), checks: [check] })).toEqual([
    '1 patch: 1 unchanged',
    '1 check passed',
  ])
  expect(candidateSummary({ patches: [], checks: [] })).toEqual([
    'the fork carries no patch',
    'no check is configured',
  ])
  const leftOut = { count: 2, newest: { oid: 'f'.repeat(40), subject: 'Release 1.0.1' } }
  expect(candidateSummary({ patches: [], checks: [], leftOut })[1]).toBe(
    'left out: 2 upstream commits of the branch that the release does not contain (newest: ffffffffff Release 1.0.1)',
  )
})

import { expect, it } from 'vitest'
import type { MovedTag } from '../watch.ts'
import { shownMoves, withEvidence, withoutEvidence } from './alarm-evidence.ts'

const alarm = (tag: string, at = '2026-11-01T00:00:00Z'): MovedTag => ({
  tag,
  before: { tag, tagObject: 'a'.repeat(40), commit: 'b'.repeat(40) },
  after: null,
  at,
})
const long = Array.from({ length: 40 }, (_, index) => `  ${index} ${'x'.repeat(90)}`)

it('gives each alarm what was found out of it, and drops what is about another', () => {
  const shown = [
    { tag: 'v1', at: '2026-11-01T00:00:00Z', evidence: ['old', 'new'] },
    { tag: 'v2', at: '2025-01-01T00:00:00Z', evidence: ['of an alarm that was let go'] },
  ]
  const alarms = withEvidence([alarm('v1'), alarm('v2')], shown)
  expect(alarms.map(({ evidence }) => evidence)).toEqual([['old', 'new'], undefined])
  expect(shownMoves(alarms)).toEqual(shown.slice(0, 1))
  expect(withoutEvidence(alarms)).toEqual([alarm('v1'), alarm('v2')])
})

it('keeps the heads of all within a bound, however many there are', () => {
  const alarms = Array.from({ length: 20 }, (_, index) => alarm(`v${index}`))
  const shown = alarms.map(({ tag, at }) => ({ tag, at, evidence: long }))
  const bounded = withEvidence(alarms, shown)
  expect(JSON.stringify(bounded.map(({ evidence }) => evidence)).length).toBeLessThan(5_100)
  for (const { evidence } of bounded) expect(evidence?.at(-1)).toBe('  …')
  expect(withEvidence(bounded, [])).toEqual(bounded)
  const [one] = withEvidence([alarm('v1')], [{ ...alarm('v1'), evidence: long.slice(0, 30) }])
  expect(one?.evidence).toEqual(long.slice(0, 30))
})

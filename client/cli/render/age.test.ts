import { expect, it } from 'vitest'
import { age, duration } from './age.ts'

const now = new Date('2026-05-01T12:00:00.000Z')

it.each([
  ['2026-05-01T12:00:00.000Z', 'just now'],
  ['2026-05-01T11:59:30.000Z', '30s ago'],
  ['2026-05-01T11:57:00.000Z', '3m ago'],
  ['2026-05-01T02:00:00.000Z', '10h ago'],
  ['2026-04-20T12:00:00.000Z', '11d ago'],
  ['2026-05-01T12:07:00.000Z', 'in 7m'],
  ['2026-05-01T12:00:00.400Z', 'now'],
  [null, 'never'],
])('tells the age of %s as %s', (moment, words) => {
  expect(age(moment, now)).toBe(words)
})

it.each([
  [840, '840 ms'],
  [12_400, '12.4 s'],
  [185_000, '3m 05s'],
])('tells %d milliseconds as %s', (milliseconds, words) => {
  expect(duration(milliseconds)).toBe(words)
})

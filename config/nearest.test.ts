import { expect, it } from 'vitest'
import { nearest } from './nearest.ts'

it.each([
  ['pol', 'poll'],
  ['braench', 'branch'],
  ['brnahc', 'branch'],
  ['Poll', 'poll'],
  ['upsteam', 'upstream'],
])('takes %s for %s', (word, meant) => {
  expect(nearest(word, ['branch', 'poll', 'upstream'])).toBe(meant)
})

it('guesses nothing from afar', () => {
  expect(nearest('xyz', ['branch', 'poll'])).toBeNull()
  expect(nearest('poll', [])).toBeNull()
})

import { expect, it } from 'vitest'
import { checkEnd } from './check-end.ts'

it.each([
  [{ ended: null, exitCode: 7 }, 'ended with 7'],
  [{ ended: 'idle-limit', exitCode: null }, 'said nothing for as long as `verify.idle` allows and was ended'],
  [{ ended: 'signal SIGSEGV', exitCode: null }, 'was ended by the signal SIGSEGV'],
])('says of %j in words how it ended', (check, words) => {
  expect(checkEnd(check)).toBe(words)
})

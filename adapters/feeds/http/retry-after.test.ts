import fc from 'fast-check'
import { expect, it } from 'vitest'
import { retryAfterSeconds } from './retry-after.ts'

const now = Date.parse('2026-07-30T12:00:00Z')

it.each([
  [{ 'retry-after': '120' }, 120],
  [{ 'retry-after': '0' }, 0],
  [{ 'retry-after': 'Thu, 30 Jul 2026 12:01:30 GMT' }, 90],
  [{ 'retry-after': 'Thu, 30 Jul 2026 11:00:00 GMT' }, 0],
  [{ 'retry-after': '99999999' }, 86_400],
  [{ 'retry-after': 'Fri, 30 Jul 2100 12:00:00 GMT' }, 86_400],
  [{ 'retry-after': 'Thursday, 30-Jul-26 12:01:30 GMT' }, 90],
  [{ 'retry-after': 'Thu Jul 30 12:01:30 2026' }, 90],
  [{ 'retry-after': 'soon' }, null],
  [{ 'retry-after': '-5' }, null],
  [{ 'retry-after': '5.5' }, null],
  [{ 'retry-after': '5, 10' }, null],
  [{ 'retry-after': '2026-07-30' }, null],
  [{ 'retry-after': '-5', 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': String(now / 1000 + 300) }, 300],
  [{ 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': '' }, null],
  [{ 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': String(now / 1000 + 300) }, 300],
  [{ 'ratelimit-remaining': '0', 'ratelimit-reset': '45' }, 45],
  [{ 'x-ratelimit-remaining': '5', 'x-ratelimit-reset': String(now / 1000 + 300) }, null],
  [{}, null],
])('reads %o as %s seconds', (headers, seconds) => {
  expect(retryAfterSeconds(new Headers(headers as Record<string, string>), now)).toBe(seconds)
})

it('measures moments by the clock of the server, so that ours may be a day off', () => {
  const server = now / 1000
  const asked = { min: 1, max: 86_400 } as const
  const off = fc.integer({ min: -2 * 86_400, max: 2 * 86_400 })
  fc.assert(
    fc.property(fc.integer(asked), off, fc.boolean(), (seconds, skew, isReset) => {
      const moment = isReset
        ? { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': `${server + seconds}` }
        : { 'retry-after': new Date((server + seconds) * 1000).toUTCString() }
      const headers = new Headers({ date: new Date(now).toUTCString(), ...moment } as Record<string, string>)
      expect(retryAfterSeconds(headers, now + skew * 1000)).toBe(seconds)
    }),
  )
})

it('is a day at most, and never less than nothing, whatever the headers say', () => {
  const text = fc.oneof(
    fc.stringMatching(/^[ -~]{0,30}$/),
    fc.integer().map(String),
    fc.date({ noInvalidDate: true }).map(String),
  )
  const names = [
    'retry-after',
    'date',
    'x-ratelimit-remaining',
    'x-ratelimit-reset',
    'ratelimit-reset',
  ] as const
  fc.assert(
    fc.property(fc.dictionary(fc.constantFrom(...names), text), fc.integer(), (headers, clock) => {
      const seconds = retryAfterSeconds({ get: (name) => headers[name] ?? null }, clock)
      expect(seconds === null || (Number.isInteger(seconds) && seconds >= 0 && seconds <= 86_400)).toBe(true)
    }),
  )
})

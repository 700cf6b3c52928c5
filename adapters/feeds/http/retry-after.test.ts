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
  [{ 'retry-after': 'soon' }, null],
  [{ 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': String(now / 1000 + 300) }, 300],
  [{ 'ratelimit-remaining': '0', 'ratelimit-reset': '45' }, 45],
  [{ 'x-ratelimit-remaining': '5', 'x-ratelimit-reset': String(now / 1000 + 300) }, null],
  [{}, null],
])('reads %o as %s seconds', (headers, seconds) => {
  expect(retryAfterSeconds(new Headers(headers as Record<string, string>), now)).toBe(seconds)
})

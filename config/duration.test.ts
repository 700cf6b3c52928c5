import fc from 'fast-check'
import { expect, it } from 'vitest'
import { parseDuration, parseSize } from './duration.ts'

it.each([
  ['1s', 1],
  ['90s', 90],
  ['10m', 600],
  ['6h', 21_600],
  ['1d', 86_400],
  ['365d', 31_536_000],
])('reads %s as %i seconds', (text, seconds) => {
  expect(parseDuration(text)).toBe(seconds)
})

it.each(['', '0s', '10', 'm', '1.5h', '-1s', '1 h', '10M', '1h30m', '366d', '99999999999s', '١s'])(
  'does not take %j as a duration',
  (text) => {
    expect(parseDuration(text)).toBeNull()
  },
)

it('gives the same seconds for the same time in another unit', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 365 }), (days) => {
      expect(parseDuration(`${days}d`)).toBe(parseDuration(`${days * 24}h`))
      expect(parseDuration(`${days}h`)).toBe(parseDuration(`${days * 3600}s`))
    }),
  )
})

it('reads sizes in powers of ten', () => {
  expect(['500kB', '500KB', '10MB', '10 MB', '1GB'].map(parseSize)).toEqual([5e5, 5e5, 1e7, 1e7, 1e9])
  expect(['', '0MB', '10', '10mb', '1.5MB', '-1MB', '9999999GB'].map(parseSize)).toEqual(Array(7).fill(null))
})

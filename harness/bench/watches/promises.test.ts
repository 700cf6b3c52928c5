import { expect, it } from 'vitest'
import { lateness, quantile } from './promises.ts'

it('counts lateness from the promise to the first request after it', () => {
  expect(lateness(1000, [200, 1250, 1300])).toBe(250)
  expect(lateness(1000.6, [1000])).toBe(0)
  expect(lateness(1000, [200])).toBeNull()
  expect(lateness(1000, [])).toBeNull()
})

it('finds the value that a part of the values does not exceed', () => {
  const values = Array.from({ length: 100 }, (_, index) => 100 - index)
  expect([0.5, 0.95, 1].map((part) => quantile(values, part))).toEqual([50, 95, 100])
  expect(quantile([7], 0.5)).toBe(7)
  expect(quantile([], 0.95)).toBe(0)
})

import { expect, it } from 'vitest'
import { digest } from './apply-watches.ts'

it('digests the same settings alike in whatever order their keys come, and other settings otherwise', () => {
  const one = digest({ a: 1, b: { c: [1, 2], d: null } })
  expect(digest({ b: { d: null, c: [1, 2] }, a: 1 })).toBe(one)
  expect(digest({ b: { d: null, c: [2, 1] }, a: 1 })).not.toBe(one)
})

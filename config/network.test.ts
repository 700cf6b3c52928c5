import fc from 'fast-check'
import { expect, it } from 'vitest'
import { allowProblem } from './network.ts'

it.each([
  'git.corp.example',
  'localhost',
  '127.0.0.1',
  '::1',
  '127.0.0.0/8',
  '10.0.0.0/0',
  'fd00::/8',
  'a_b.example',
])('opens %s', (entry) => {
  expect(allowProblem(entry)).toBeNull()
})

it.each([
  '',
  ' ',
  'a b',
  '*.corp.example',
  'https://a.example',
  'a.example:443',
  '10.0.0.0/33',
  '10.0.0.0/',
  '300.1.1.1',
])('does not take %j', (entry) => {
  expect(allowProblem(entry)).toEqual(expect.any(String))
})

it('opens every block of every IPv4 address, and none beyond 32 bits', () => {
  fc.assert(
    fc.property(fc.ipV4(), fc.integer({ min: 0, max: 40 }), (address, bits) => {
      expect(allowProblem(`${address}/${bits}`) === null).toBe(bits <= 32)
    }),
  )
})

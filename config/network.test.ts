import fc from 'fast-check'
import { expect, it } from 'vitest'
import { allowProblem, hostAllowed } from './network.ts'

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

it('compares names without case and addresses by block', () => {
  expect(hostAllowed('GIT.corp.example', ['git.corp.example'])).toBe(true)
  expect(hostAllowed('evil-git.corp.example', ['git.corp.example'])).toBe(false)
  expect(hostAllowed('127.9.9.9', ['127.0.0.0/8'])).toBe(true)
  expect(hostAllowed('[::1]', ['::1'])).toBe(true)
  expect(hostAllowed('[fd12::1]', ['fd00::/8'])).toBe(true)
  expect(hostAllowed('128.0.0.1', ['127.0.0.0/8', 'fd00::/8'])).toBe(false)
})

it('holds every IPv4 address in its own block and in the whole of it', () => {
  fc.assert(
    fc.property(fc.ipV4(), fc.integer({ min: 0, max: 32 }), (address, bits) => {
      expect(hostAllowed(address, [`${address}/${bits}`])).toBe(true)
    }),
  )
})

import { expect, it } from 'vitest'
import { toPort, toRoles } from './options.ts'

it.each(['1', '7233', '65535'])('takes the port %s', (port) => {
  expect(toPort('--port', port)).toBe(port)
})

it.each(['0', '65536', '-1', '72.33', 'http', '', '999999'])('refuses the port %j', (port) => {
  expect(() => toPort('--port', port)).toThrow('--port takes a port')
})

it('reads roles once each, in the order of the table, and all of them when none is named', () => {
  expect(toRoles('verify, git,git')).toEqual(['git', 'verify'])
  expect(toRoles(undefined)).toEqual(['control', 'git', 'verify'])
})

it('names the role that a mistyped one most likely means', () => {
  expect(() => toRoles('verfy')).toThrow(expect.objectContaining({ hint: 'Did you mean `verify`?' }))
  expect(() => toRoles(',')).toThrow('There is no role')
})

import { describe, expect, it } from 'vitest'
import { markerOf } from './markers.ts'

const oid = '1'.repeat(40)
const read = (message: string) => markerOf(oid, { message, encoding: null })

describe('markerOf', () => {
  it.each([
    ['UPSTREAM: <carry>: x', { kind: 'carry' }],
    ['fixup! UPSTREAM: <carry>: x', { kind: 'carry' }],
    ['squash! fixup! UPSTREAM: <drop>: x', { kind: 'drop' }],
    ['UPSTREAM: 12: x', { kind: 'upstream-pr', number: 12, repository: null }],
    ['UPSTREAM: other/repo: 12: x', { kind: 'upstream-pr', number: 12, repository: 'other/repo' }],
    ['UPSTREAM: revert: 12: x', { kind: 'carry' }],
    ['UPSTREAM: revert: 0123abc: 12: x', { kind: 'carry' }],
    [`UPSTREAM: revert: ${'0123abcd'.repeat(8)}: 12: x`, { kind: 'carry' }],
    ['x\n\nUndrift: until\n v2', { kind: 'until', name: 'v2' }],
    ['x\r\n\r\nbody\r\n\r\nUndrift: drop\r\n', { kind: 'drop' }],
    ['x\n\nUndrift: drop\n\n# Conflicts:\n#\ta.txt\n', { kind: 'drop' }],
    ['x\n\nUndrift: drop\n\nConflicts:\n\ta.txt\n', { kind: 'drop' }],
    ['Upstream: talk to them about it', null],
    ['Undrift: drop', null],
    ['x\n\nUndrift: drop\n\nmore words', null],
  ])('reads %j', (message, marker) => {
    expect(read(message)).toEqual(marker)
  })

  it.each([
    'upstream: <drop>: x',
    'UPSTREAM <drop>: x',
    ' UPSTREAM: <carry>: x'.replace(' ', '\t'),
    'UPSTREAM: <Carry>: x',
    'UPSTREAM: 0: x',
    'UPSTREAM: 00012: x',
    'x\n\nUndrift: until',
  ])('does not take %j for none', (message) => {
    expect(() => read(message)).toThrow(oid)
  })
})

import { describe, expect, it } from 'vitest'
import { leadsOut } from './symlinks.ts'

describe('leadsOut', () => {
  it.each([
    ['a', { a: 'b' }, false],
    ['a', { a: '/etc/passwd' }, true],
    ['a', { a: '..' }, true],
    ['a', { a: '../x' }, true],
    ['d/a', { 'd/a': '../x' }, false],
    ['d/a', { 'd/a': '../../x' }, true],
    ['d/a', { 'd/a': './.././x' }, false],
    ['a', { a: '.' }, false],
    ['a', { a: 'x/../..' }, true],
    // Lexically inside, but `d/e/up` is the root, and one above it is outside.
    ['a', { a: 'd/e/up/../x', 'd/e/up': '../..' }, true],
    ['a', { a: 'up/x', up: '..' }, true],
    // Lexically outside, but `d` leads deeper first.
    ['a', { a: 'd/../../x', d: 'one/two' }, false],
    ['a', { a: 'b', b: '/etc' }, true],
    ['a', { a: 'b', b: 'a' }, true],
    ['a', { a: 'a/x' }, true],
  ] as const)('%s in %o: %s', (path, links, expected) => {
    expect(leadsOut(path, new Map(Object.entries(links)))).toBe(expected)
  })
})

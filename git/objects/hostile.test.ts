import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { fromBytes } from './bytes.ts'
import { isHostileName, suspiciousPaths } from './hostile.ts'

const listOf = (paths: readonly string[]) => fromBytes(paths.map((path) => `${path}\0`).join(''))

describe('suspiciousPaths', () => {
  it('finds nothing among ordinary paths', () => {
    expect(suspiciousPaths(listOf(['a', 'dir', 'dir/file.txt', 'dir/git', 'dir/a..b', 'x.git']))).toEqual([])
    expect(suspiciousPaths(listOf([]))).toEqual([])
  })

  it('finds names that are empty or lead with a dot, wherever they stand', () => {
    const odd = ['', '/a', 'a//b', 'a/', '.', '..', 'a/../b', '.git', 'a/.GIT/config', '.github/x']
    expect(suspiciousPaths(listOf(odd))).toEqual(odd)
  })

  it('finds every path that holds a hostile name', () => {
    const pieces = [
      '',
      '.',
      '..',
      'git',
      'GIT',
      '~1',
      'a',
      ' ',
      ':',
      '\\',
      '/',
      '\xe2\x80\x8c',
      '\xef\xbb\xbf',
    ]
    const path = fc.array(fc.constantFrom(...pieces), { maxLength: 6 }).map((parts) => parts.join(''))
    fc.assert(
      fc.property(fc.array(path, { maxLength: 8 }), (paths) => {
        const hostile = paths.filter((each) => each.split('/').some(isHostileName))
        const found = suspiciousPaths(listOf(paths))
        expect(hostile.filter((each) => !found.includes(each))).toEqual([])
      }),
    )
  })
})

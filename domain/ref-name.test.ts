import { spawnSync } from 'node:child_process'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { branchProblem, refNameProblem } from './ref-name.ts'

function gitTakes(args: readonly string[]): boolean {
  return spawnSync('git', ['check-ref-format', ...args], { cwd: '/' }).status === 0
}

/** Pieces that the rules are about, so that chance finds their edges. */
const piece = fc.constantFrom(
  'a',
  'B',
  '1',
  '/',
  '.',
  '..',
  '.lock',
  '@',
  '@{',
  '{',
  '-',
  '~',
  '^',
  ':',
  ' ',
  '?',
  '*',
)
const refText = fc
  .array(fc.oneof(piece, fc.constantFrom('[', ']', '\\', '\t', '\u007f', 'é', 'x.lock/y', 'refs/heads/')), {
    minLength: 1,
    maxLength: 8,
  })
  .map((pieces) => pieces.join(''))

describe('ref names', () => {
  it('are judged as git check-ref-format judges them', () => {
    fc.assert(
      fc.property(refText, (text) => {
        expect({ text, taken: refNameProblem(text) === null }).toEqual({ text, taken: gitTakes([text]) })
      }),
      { numRuns: 150 },
    )
  })

  it('do not begin with a dash', () => {
    expect(refNameProblem('-refs/heads/a')).toBe('begins with a dash')
    expect(gitTakes(['-refs/heads/a'])).toBe(false)
  })

  it('of branches are judged as git check-ref-format judges them below refs/heads', () => {
    fc.assert(
      fc.property(refText, (text) => {
        fc.pre(!text.startsWith('-') && !text.startsWith('refs/') && text !== '@')
        const taken = gitTakes([`refs/heads/${text}`])
        expect({ text, taken: branchProblem(text) === null }).toEqual({ text, taken })
      }),
      { numRuns: 100 },
    )
  })

  it.each(['', '-f', 'refs/heads/main', 'HEAD', '@', 'a..b', 'a b', 'a/', '/a', 'a.lock', 'a@{1}'])(
    'does not take %j as a branch',
    (branch) => {
      expect(branchProblem(branch)).toEqual(expect.any(String))
    },
  )

  it.each(['main', 'lts/1', 'feature/ä', 'a@b', 'v1.2.3'])('takes %j as a branch', (branch) => {
    expect(branchProblem(branch)).toBeNull()
  })
})

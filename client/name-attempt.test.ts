import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { maintainId } from '../domain/ids.ts'
import { nameAttempt, splitShortName } from './name-attempt.ts'

function attempt(fork: string, tag: string, line = 'main') {
  return { row: { id: maintainId(fork, line, tag), fork, line, tag } }
}

const attempts = [
  attempt('my-codex', 'v1.2'),
  attempt('my-codex', 'v1.2.1'),
  attempt('my-codex', 'v2.0.0', 'lts-1'),
  attempt('other', 'gopls/v0.16.2'),
  attempt('other', 'v1.2.1'),
]

function found(word: string): string | readonly string[] {
  const naming = nameAttempt(attempts, word)
  if (naming.kind === 'none') return 'none'
  return naming.kind === 'one' ? naming.attempt.row.id : naming.attempts.map(({ row }) => row.id)
}

describe('naming an attempt', () => {
  it.each([
    ['its whole id', 'maintain/my-codex/main/v1.2', 'maintain/my-codex/main/v1.2'],
    [
      'its id with the tag as a person writes it',
      'maintain/other/main/gopls/v0.16.2',
      'maintain/other/main/gopls%2Fv0.16.2',
    ],
    ['fork and tag', 'my-codex@v1.2.1', 'maintain/my-codex/main/v1.2.1'],
    ['fork and tag with a slash in it', 'other@gopls/v0.16.2', 'maintain/other/main/gopls%2Fv0.16.2'],
    ['fork, line and tag', 'my-codex/lts-1@v2.0.0', 'maintain/my-codex/lts-1/v2.0.0'],
    ['a tag that only one has, although another begins with it', 'v1.2', 'maintain/my-codex/main/v1.2'],
    ['a part of the id that only one has', 'lts-1', 'maintain/my-codex/lts-1/v2.0.0'],
    ['a word that nobody has', 'v9', 'none'],
  ])('takes %s', (_what, word, expected) => {
    expect(found(word)).toBe(expected)
  })

  it('lists all that a word could mean', () => {
    expect(found('v1.2.1')).toEqual(['maintain/my-codex/main/v1.2.1', 'maintain/other/main/v1.2.1'])
  })

  it('finds every attempt by its id and by its short name, whatever its tag', () => {
    const word = fc.stringMatching(/^[a-z0-9-]{1,12}$/)
    fc.assert(
      fc.property(word, fc.string({ minLength: 1, maxLength: 150 }), (fork, tag) => {
        const only = attempt(fork, tag)
        const all = [only, attempt('zz', 'another-one')]
        expect(nameAttempt(all, only.row.id)).toEqual({ kind: 'one', attempt: only })
        expect(nameAttempt(all, `${fork}@${tag}`)).toEqual({ kind: 'one', attempt: only })
      }),
    )
  })

  it('splits a short name at its first @, and takes nothing else for one', () => {
    expect(splitShortName('f@v1@2')).toEqual({ fork: 'f', line: 'main', tag: 'v1@2' })
    expect(splitShortName('f/lts@v1')).toEqual({ fork: 'f', line: 'lts', tag: 'v1' })
    expect(splitShortName('maintain/f/main/v1@2')).toBeNull()
    expect(splitShortName('@v1')).toBeNull()
    expect(splitShortName('f@')).toBeNull()
  })
})

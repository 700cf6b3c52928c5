import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { findSecrets, maskSpans } from './secrets.ts'

const letters = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789'
const random = fc.string({ unit: fc.constantFrom(...letters), minLength: 36, maxLength: 36 })
const token = fc
  .tuple(fc.constantFrom('ghp_', 'github_pat_', 'glpat-', 'npm_', 'pypi-', 'xoxb-', 'sk-'), random)
  .map(([start, rest]) => start + rest)

describe('secrets', () => {
  it('are found wherever they stand, and blotted out without moving a line', () => {
    fc.assert(
      fc.property(
        fc.string({ maxLength: 40 }),
        token,
        fc.string({ maxLength: 40 }),
        (before, secret, after) => {
          const text = `${before}\n ${secret} \n${after}`
          const masked = maskSpans(text, findSecrets(text))
          expect(masked).not.toContain(secret)
          expect(masked).toHaveLength(text.length)
          expect(masked.split('\n')).toHaveLength(text.split('\n').length)
        },
      ),
    )
  })

  it.each([
    ['https://me:hunter2@host/x', 'https://**********@host/x'],
    ['https://secret:@host/x', 'https://*******@host/x'],
    ['me:hunter2@host:x', 'me:*******@host:x'],
    ['Authorization: Bearer abcdefghij0123456789', 'Authorization: Bearer ********************'],
    ['https://h/feed?private_token=abcdef12&x=1', 'https://h/feed?private_token=********&x=1'],
    ['AKIAIOSFODNN7EXAMPLE', '********************'],
  ])('are blotted out of %s', (text, masked) => {
    expect(maskSpans(text, findSecrets(text))).toBe(masked)
  })

  it.each([
    'https://github.com/openai/codex.git',
    'git@github.com:me/codex.git',
    'ssh://git@git.example.org:2222/me/codex.git',
    'token: env:GITHUB_TOKEN',
    'npm ci --token=$TOKEN',
    'https://h/feed?token=$TOKEN',
    'node --eval "console.log(1)"',
  ])('are not seen in %s', (text) => {
    expect(findSecrets(text)).toEqual([])
  })
})

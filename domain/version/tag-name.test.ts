import { execFileSync } from 'node:child_process'
import { expect, it } from 'vitest'
import { isTagName } from './tag-name.ts'

it.each([
  'v1',
  'gopls/v0.16.2',
  'a@b',
  'a{',
  'a.b',
  'ünï',
  'a,b',
  'a+b',
  "a'b",
  '1.0~rc1',
  'a:b',
  'a b',
  'a..b',
  'a@{b',
  '@',
  '.a',
  'a/.b',
  'a.lock',
  'a.lock/b',
  'a/',
  '/a',
  'a//b',
  'a.',
  'a\\b',
  'a*',
  'a?',
  'a[',
  'a^',
  'a\tb',
  'a\x7f',
])('agrees with Git about "%s"', (name) => {
  expect(isTagName(name)).toBe(gitTakes(name))
})

it('refuses what would be taken for an option', () => {
  expect(isTagName('--upload-pack=x')).toBe(false)
})

function gitTakes(name: string): boolean {
  try {
    execFileSync('git', ['check-ref-format', `refs/tags/${name}`])
    return name !== '@'
  } catch {
    return false
  }
}

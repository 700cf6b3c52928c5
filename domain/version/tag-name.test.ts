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
  'a-b',
  '1%2.0_rc1',
  'a/b/c',
  '@/a',
])('takes "%s" for the name of a tag', (name) => {
  expect(isTagName(name)).toBe(true)
})

it.each([
  '',
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
  'a\ud800',
  '--upload-pack=x',
  'x'.repeat(300),
])('does not take "%s"', (name) => {
  expect(isTagName(name)).toBe(false)
})

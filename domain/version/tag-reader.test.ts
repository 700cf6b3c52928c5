import { expect, it } from 'vitest'
import type { TagRules } from '../settings.ts'
import { tagReader } from './tag-reader.ts'

function reasonOf(tag: string, rules: Partial<TagRules>): string {
  const reading = tagReader({ prefix: '', prereleases: false, ...rules })(tag)
  return reading.kind === 'version' ? 'taken' : `${reading.reason} | ${reading.detail}`
}

it.each<[string, Partial<TagRules>, string]>([
  ['rust-v1.0.0', { prefix: 'rust-v' }, 'taken'],
  ['v1.0.0', { prefix: 'rust-v' }, 'prefix | prefix: it does not begin with rust-v'],
  ['v1.0.0', { match: '^v' }, 'taken'],
  ['v1.0.0-linux', { prefix: 'v', ignore: 'linux' }, 'ignore | ignore: it matches linux'],
  ['1.0.0', { match: '^v' }, 'match | match: it does not match ^v'],
  ['rust-v1.0.0', { prefix: 'rust-v', match: 'rust' }, 'taken'],
  ['v1.0.0', { scheme: 'semver' }, 'not a version | not a version: by the scheme semver'],
  ['v1.0.0', { scheme: 'semver', prefix: 'v' }, 'taken'],
  ['v2.0.0', { range: '<2' }, 'range | range: it is not in <2'],
  ['v2.0.0-rc.1', { range: '<2' }, 'range | range: it is not in <2'],
  ['v1.5.0-rc.1', { range: '<2' }, 'pre-release | pre-release: the rules take none'],
  ['r15c', { scheme: 'regex:^r(?<number>\\d+)(?<letter>[a-z])?$' }, 'taken'],
  ['release-3-2-1', { scheme: 'regex:^release-(?<a>\\d+)-(?<b>\\d+)-(?<c>\\d+)$' }, 'taken'],
  ['v2026.7.30', { scheme: 'calver:YYYY.MM.DD', prefix: 'v' }, 'taken'],
  ['debian/1%2.0_rc1-1', { scheme: 'debian', prefix: 'debian/', prereleases: true }, 'taken'],
])('says of %s under %o: %s', (tag, rules, expected) => {
  expect(reasonOf(tag, rules)).toBe(expected)
})

it('names an expression that gives up', () => {
  const rules = { prefix: '', prereleases: false }
  const exec = () => 'too-slow' as const
  expect(tagReader({ ...rules, match: 'x' }, { exec })('v1')).toMatchObject({
    reason: 'match',
    detail: 'match: the expression takes too long on it',
  })
  expect(tagReader({ ...rules, ignore: 'x' }, { exec })('v1')).toMatchObject({ reason: 'ignore' })
  expect(tagReader({ ...rules, scheme: 'regex:(?<n>x)' }, { exec })('v1')).toMatchObject({
    reason: 'not a version',
    detail: 'not a version: the regular expression takes too long on it',
  })
})

it.each<[Partial<TagRules>, string]>([
  [
    { match: '(' },
    '`match` is not a regular expression: Invalid regular expression: /(/: Unterminated group.',
  ],
  [
    { ignore: '[' },
    '`ignore` is not a regular expression: Invalid regular expression: /[/: Unterminated character class.',
  ],
  [{ scheme: 'commit' }, 'The scheme commit needs a repository to look into.'],
  [{ scheme: 'commit', range: '1' }, 'The scheme commit needs a repository to look into.'],
])('refuses %o', (rules, message) => {
  expect(() => reasonOf('v1', rules)).toThrow(expect.objectContaining({ message, exitCode: 2 }))
})

it('takes the place of a commit for the version, and skips a tag without one', () => {
  const places = new Map([
    ['old', 0],
    ['new', 1],
  ])
  const read = tagReader(
    { prefix: '', prereleases: false, scheme: 'commit' },
    { positionOf: (tag) => places.get(tag) ?? null },
  )
  const [old, fresh] = [read('old'), read('new')]
  expect(old.kind === 'version' && fresh.kind === 'version' && old.version.key < fresh.version.key).toBe(true)
  expect(read('blob')).toMatchObject({ kind: 'not-taken', reason: 'no commit' })
})

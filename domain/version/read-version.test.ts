import { expect, it } from 'vitest'
import type { TagRules } from '../settings.ts'
import { readVersion } from './read-version.ts'
import { compareVersions } from './version.ts'

function rules(more: Partial<TagRules> = {}): TagRules {
  return { prefix: '', prereleases: true, ...more }
}

function order(a: string, b: string): number {
  const [first, second] = [readVersion(a, rules()), readVersion(b, rules())]
  if (first.kind !== 'version' || second.kind !== 'version') throw new Error('not a version')
  return compareVersions(first.version, second.version)
}

it.each([
  ['v1.2.3', '', false],
  ['1.2', '', false],
  ['7', '', false],
  ['v2026.7.30', '', false],
  ['v2026.07.030.1', '', false],
  ['rust-v0.154.0', 'rust-v', false],
  ['gopls/v0.16.2', 'gopls/', false],
  ['v1.0-rc.1', '', true],
  ['1.0rc1', '', true],
  ['1.0.0Beta2', '', true],
  ['1.0alpha', '', true],
  ['1.0pre-2', '', true],
  ['release-3-2-1', 'release-', true],
  ['v1.2.3-4-gdeadbee', '', true],
])('reads %s with the prefix "%s"', (tag, prefix, prerelease) => {
  expect(readVersion(tag, rules({ prefix }))).toMatchObject({ kind: 'version', prerelease })
})

it.each([
  'latest',
  'r15c',
  '1.2.3.4.5',
  'v',
  '',
  '1.',
  '.1',
  '1..2',
  '1.2-',
  '1.2.x',
  'foo-1.2.3',
  '1.2.3 ',
  ' 1.2.3',
  '1.2prefix',
  'vv1',
  '1.2.3-a b',
  '1.2c',
  '١.٢',
])('takes "%s" for no version, for nothing is searched for inside a tag', (tag) => {
  expect(readVersion(tag, rules())).toMatchObject({ kind: 'not-taken', reason: 'not a version' })
})

it('names the rule that leaves a tag out', () => {
  expect(readVersion('v1.0.0', rules({ prefix: 'rust-v' }))).toMatchObject({ reason: 'prefix' })
  expect(readVersion('v1.0.0-rc.1', rules({ prereleases: false }))).toMatchObject({ reason: 'pre-release' })
})

it.each([
  ['v1.9.0', 'v1.10.0'],
  ['1.0.0-rc.1', '1.0.0'],
  ['1.0rc2', '1.0rc10'],
  ['1.0-alpha', '1.0-beta'],
  ['1.0-beta', '1.0-rc'],
  ['1.0-rc', '1.0-rc.1'],
  ['5.2.0-rc.0', '5.2.0'],
  ['1.2.3', '1.2.3.1'],
  ['9', '10'],
  ['v2026.7.30', 'v2026.12.1'],
  ['1.99999999999999999998', '1.99999999999999999999'],
  ['0.99999999999999999999999999', '1'],
])('puts %s before %s', (older, newer) => {
  expect(order(older, newer)).toBe(-1)
  expect(order(newer, older)).toBe(1)
})

it.each([
  ['1', 'v1.0.0.0'],
  ['1.02', '1.2.0'],
  ['1.0rc1', '1.0-RC.1'],
])('takes %s and %s for one version', (a, b) => {
  expect(order(a, b)).toBe(0)
})

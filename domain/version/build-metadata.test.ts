import { expect, it } from 'vitest'
import { lineReader } from '../lines/line-reader.ts'
import { listReleases } from '../list-releases.ts'
import { findScheme } from './find-scheme.ts'

const tags = ['v1.30.0+k3s1', 'v1.30.0+k3s10', 'v1.30.0+k3s2', 'v1.30.0', 'v1.30.0-rc1+k3s1', 'v1.30.1+k3s1']
const rules = { prefix: 'v', prereleases: true, scheme: 'semver' }

it('orders versions of one precedence where the line says so', () => {
  const numbered = { ...rules, build: 'numeric' } as const
  const { releases } = listReleases(tags, numbered)
  expect(releases.map(({ tag }) => tag)).toEqual([
    'v1.30.1+k3s1',
    'v1.30.0+k3s10',
    'v1.30.0+k3s2',
    'v1.30.0+k3s1',
    'v1.30.0',
    'v1.30.0-rc1+k3s1',
  ])
  expect(releases.every(({ detail }) => detail === '')).toBe(true)
  expect(lineReader(numbered).isNewer('v1.30.0+k3s10', 'v1.30.0+k3s2')).toBe(true)
  expect(() => findScheme('loose', (one, text) => one.exec(text), { build: 'numeric' })).toThrow('semver')
})

it('does not count else: such versions keep the order of their commits, and that is said', () => {
  const places = ['v1.30.0', 'v1.30.0+k3s2', 'v1.30.0+k3s1', 'v1.30.0+k3s10']
  const positionOf = (tag: string) => places.indexOf(tag)
  const { releases } = listReleases(tags, rules, { positionOf })
  expect(releases.slice(1, 5).map(({ tag }) => tag)).toEqual(places.toReversed())
  expect(releases[1]?.detail).toMatch(/^same precedence as v1\.30\.0.*: ordered by their commits$/)
  const reader = lineReader(rules, { positionOf })
  expect(reader.isNewer('v1.30.0+k3s1', 'v1.30.0+k3s2')).toBe(true)
  expect(listReleases(tags, rules).releases[1]?.detail).toContain('ordered by name')
})

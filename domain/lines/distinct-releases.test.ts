import { expect, it } from 'vitest'
import { distinctReleases } from './distinct-releases.ts'
import { release } from './testing.ts'

it('counts a tag that comes twice once, where it first stands, and no draft', () => {
  const all = [release('v2'), release('v1'), release('v2'), release('v3', { draft: true })]
  expect(distinctReleases(all).map(({ tag }) => tag)).toEqual(['v2', 'v1'])
})

it('reads entries of one tag that differ alike in any order', () => {
  const one = release('v1', { notes: 'CVE-1', publishedAt: '2026-01-01T00:00:00.000Z' })
  const other = release('v1', { prerelease: true, title: 'x', publishedAt: '2026-02-01T00:00:00.000Z' })
  const [read] = distinctReleases([one, other])
  expect(distinctReleases([other, one])).toEqual([read])
  expect(read).toMatchObject({ prerelease: true, publishedAt: '2026-02-01T00:00:00.000Z' })
  expect(read?.notes).toContain('CVE-1')
})

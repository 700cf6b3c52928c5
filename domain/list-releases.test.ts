import fc from 'fast-check'
import { expect, it } from 'vitest'
import { listReleases } from './list-releases.ts'

const rules = { prefix: '', prereleases: false }

it('lists every tag once, whatever the order of the input, with at most one newest', () => {
  const tag = fc.oneof(
    fc
      .tuple(fc.constantFrom('', 'v'), fc.nat(3), fc.nat(12))
      .map(([mark, major, minor]) => `${mark}${major}.${minor}`),
    fc.tuple(fc.nat(3), fc.constantFrom('rc1', '-beta', 'x')).map((parts) => parts.join('')),
    fc.string(),
  )
  fc.assert(
    fc.property(fc.array(tag), fc.infiniteStream(fc.nat()), (tags, chance) => {
      const listed = listReleases(tags, rules)
      const shuffled = tags
        .map((one) => ({ one, place: chance.next().value ?? 0 }))
        .sort((a, b) => a.place - b.place)
        .map(({ one }) => one)
      expect(listReleases(shuffled, rules)).toEqual(listed)
      expect(listed.releases.map((row) => row.tag).sort()).toEqual([...new Set(tags)].sort())
      const newest = listed.releases.filter(({ status }) => status === 'newest').map((row) => row.tag)
      expect(newest).toEqual(listed.newest === null ? [] : [listed.newest])
      expect(
        listed.releases.every(({ status, reason }) => (status === 'skipped') === (reason !== null)),
      ).toBe(true)
    }),
  )
})

it('takes no tag without a commit, whatever its name', () => {
  const listed = listReleases(['v2', 'v1'], rules, {
    leftOut: new Map([['v2', { reason: 'no commit', detail: 'no commit: a tree' }]]),
  })
  expect(listed).toMatchObject({
    newest: 'v1',
    releases: [{ tag: 'v1' }, { tag: 'v2', version: '2', status: 'skipped', reason: 'no commit' }],
  })
})

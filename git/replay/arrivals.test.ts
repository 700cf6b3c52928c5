import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { contains } from '../mirror/queries.ts'
import { upstreamRange } from '../stack/upstream-range.ts'
import { makeFolder, makeRepo, type TestFolder } from '../testing.ts'
import { reaches } from './arrivals.ts'
import { inWorkshop } from './workshop.ts'

let folder: TestFolder

beforeEach(() => {
  folder = makeFolder()
})

afterEach(() => folder.remove())

describe('reaches', () => {
  it('says of every two commits of a range with merges what git says', async () => {
    const repo = makeRepo(`${folder.path}/repo`)
    const base = repo.commit('base', { a: 'a\n' })
    const shape = fc.array(fc.record({ side: fc.boolean(), merge: fc.boolean() }), {
      minLength: 8,
      maxLength: 8,
    })
    const [steps = []] = fc.sample(shape, { numRuns: 1, seed: 11 })
    repo.git('branch', 'side')
    for (const [at, { side, merge }] of steps.entries()) {
      repo.git('checkout', '-q', side ? 'side' : 'main')
      repo.commit(`step ${at}`, { [`${side}`]: `${at}\n` })
      if (merge) repo.git('merge', '-q', '--no-ff', '-m', `merge ${at}`, side ? 'main' : 'side')
    }
    repo.git('checkout', '-q', 'main')
    repo.git('merge', '-q', '--no-ff', '-m', 'all', 'side')
    const onto = repo.oid('HEAD')
    await inWorkshop({ path: `${repo.dir}/.git`, signal: null }, async ({ quarantine }) => {
      const parents = await upstreamRange(quarantine, { base, onto }, async () => []).parents()
      expect(parents.size).toBeGreaterThan(8)
      for (const older of parents.keys()) {
        for (const newer of [...parents.keys(), base]) {
          const said = await contains(quarantine, { ancestor: older, descendant: newer })
          expect(reaches(parents, newer, older)).toBe(said)
        }
      }
    })
  })
})

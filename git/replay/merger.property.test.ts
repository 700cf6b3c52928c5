import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { makeFolder, makeRepo, type TestFolder } from '../testing.ts'
import { openMerger } from './merger.ts'
import { changed, path, steps, text, treeOf } from './trees-testing.ts'
import { inWorkshop, type Workshop } from './workshop.ts'

let folder: TestFolder

beforeEach(() => {
  folder = makeFolder()
})

afterEach(() => folder.remove())

describe('openMerger', () => {
  it('merges by file to the very tree that git merges whole, whatever comes, goes and moves', async () => {
    const repo = makeRepo(`${folder.path}/repo`)
    repo.commit('start', { file: 'text\n' })
    const check = async (workshop: Workshop) => {
      const whole = await openMerger(workshop.quarantine, { trees: workshop.trees, path: 'whole' })
      await fc.assert(
        fc.asyncProperty(
          fc.dictionary(path, text, { minKeys: 3, maxKeys: 9 }),
          steps,
          steps,
          async (first, own, upstream) => {
            const start = new Map(Object.entries(first))
            const base = await treeOf(workshop, start)
            const ours = await treeOf(workshop, changed(start, upstream))
            const theirs = await treeOf(workshop, changed(start, own))
            // Some moves into the root stop Git 2.39 at an assertion of its own.
            const expected = await whole.merge(base, ours, theirs).catch(() => null)
            if (expected === null) return
            const merge = await workshop.merger.merge(base, ours, theirs)
            expect(merge.kind).toBe(expected.kind)
            if (merge.kind === 'clean') expect(merge.tree).toBe(expected.tree)
          },
        ),
        { numRuns: 300 },
      )
      await whole.close()
    }
    await inWorkshop({ path: `${repo.dir}/.git`, signal: null }, check, { mergePath: 'process' })
  }, 300_000)
})

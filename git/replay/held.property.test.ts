import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { makeFolder, makeRepo, type TestFolder } from '../testing.ts'
import { mayHold, meetsOtherwise } from './held.ts'
import { changed, path, steps, text, treeOf } from './trees-testing.ts'
import { inWorkshop, type Workshop } from './workshop.ts'

let folder: TestFolder

beforeEach(() => {
  folder = makeFolder()
})

afterEach(() => folder.remove())

describe('mayHold and meetsOtherwise', () => {
  it('never rule out what a merge would not change, whatever moved', async () => {
    const repo = makeRepo(`${folder.path}/repo`)
    repo.commit('start', { file: 'text\n' })
    let held = 0
    const check = async (workshop: Workshop) =>
      fc.assert(
        fc.asyncProperty(
          fc.dictionary(path, text, { maxKeys: 6 }),
          steps,
          steps,
          steps,
          async (first, own, before, after) => {
            const start = new Map(Object.entries(first))
            const base = await treeOf(workshop, start)
            const theirs = await treeOf(workshop, changed(start, own))
            const ours = await treeOf(workshop, changed(changed(changed(start, before), own), after))
            // Some moves into the root stop Git 2.39 at an assertion of its own.
            const merge = await workshop.merger.merge(base, ours, theirs).catch(() => null)
            if (merge?.kind !== 'clean' || merge.tree !== ours) return
            held += 1
            expect(await mayHold(workshop.trees, { before: base, after: theirs }, ours)).toBe(true)
            const trios = await Promise.all(
              (await workshop.trees.compare(base, theirs)).map(async ({ path, before, after }) => {
                const now = await workshop.trees.lookUp(ours, path)
                return before && now && after ? [{ base: before.oid, ours: now.oid, theirs: after.oid }] : []
              }),
            )
            await workshop.merger.prepare(trios.flat())
            expect(await meetsOtherwise(workshop, { before: base, after: theirs }, ours)).toBe(false)
          },
        ),
        { numRuns: 400 },
      )
    await inWorkshop({ path: `${repo.dir}/.git`, signal: null }, check, { mergePath: 'whole' })
    expect(held).toBeGreaterThan(20)
  }, 120_000)
})

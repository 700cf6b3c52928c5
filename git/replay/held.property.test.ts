import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Oid } from '../../domain/patch.ts'
import type { Entry } from '../objects/tree.ts'
import { makeFolder, makeRepo, type TestFolder } from '../testing.ts'
import { mayHold } from './held.ts'
import { inWorkshop, type Workshop } from './workshop.ts'

let folder: TestFolder

beforeEach(() => {
  folder = makeFolder()
})

afterEach(() => folder.remove())

type Files = ReadonlyMap<string, string>
type Step =
  | { readonly kind: 'write'; readonly path: string; readonly text: string }
  | { readonly kind: 'remove'; readonly path: string }
  | { readonly kind: 'move'; readonly path: string; readonly to: string }
  | { readonly kind: 'moveFolder'; readonly from: string; readonly to: string }

const folders = ['', 'a/', 'b/', 'a/in/', 'c/']
const someFolder = fc.constantFrom(...folders)
const path = fc.tuple(someFolder, fc.constantFrom('one', 'two', 'three')).map((parts) => parts.join(''))
const text = fc
  .tuple(fc.nat(2), fc.option(fc.nat(9)))
  .map(([kind, changed]) =>
    Array.from({ length: 10 }, (_, line) => `${kind} ${line}${line === changed ? ' changed' : ''}\n`).join(
      '',
    ),
  )
const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ kind: fc.constant('write' as const), path, text }),
  fc.record({ kind: fc.constant('remove' as const), path }),
  fc.record({ kind: fc.constant('move' as const), path, to: path }),
  fc.record({ kind: fc.constant('moveFolder' as const), from: fc.constantFrom('a/', 'b/'), to: someFolder }),
)
const steps = fc.array(step, { maxLength: 3 })

function changed(files: Files, list: readonly Step[]): Files {
  const now = new Map(files)
  for (const one of list) {
    if (one.kind === 'write') now.set(one.path, one.text)
    if (one.kind === 'remove') now.delete(one.path)
    if (one.kind === 'moveFolder' && one.to.startsWith(one.from)) continue
    for (const [from, body] of [...now]) {
      const isMoved =
        (one.kind === 'move' && from === one.path) || (one.kind === 'moveFolder' && from.startsWith(one.from))
      if (!isMoved) continue
      now.delete(from)
      now.set(one.kind === 'move' ? one.to : `${one.to}${from.slice(one.from.length)}`, body)
    }
  }
  return now
}

function treeOf({ quarantine, trees }: Workshop, files: Files): Promise<Oid> {
  const entries = [...files].map(([name, body]): [string, Entry] => [
    name,
    { mode: '100644', oid: quarantine.objects.write('blob', Buffer.from(body)) },
  ])
  return trees.splice(trees.write(new Map()), new Map(entries))
}

describe('mayHold', () => {
  it('never says no where a merge changes nothing, whatever moved', async () => {
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
          },
        ),
        { numRuns: 400 },
      )
    await inWorkshop({ path: `${repo.dir}/.git`, signal: null }, check, { mergePath: 'whole' })
    expect(held).toBeGreaterThan(20)
  }, 120_000)
})

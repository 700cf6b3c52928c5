import fc from 'fast-check'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { pathsOf } from './arrivals.ts'
import { changedLines } from './differ.ts'
import { novelWords } from './novel-words.ts'
import { makeGround, type PlanGround } from './plan-testing.ts'
import { inWorkshop } from './workshop.ts'

let ground: PlanGround
beforeEach(() => {
  ground = makeGround()
})
afterEach(() => ground.remove())

const line = fc.constantFrom('', 'one two', 'two', 'three', '  one', 'four é five', 'one one')
const text = fc
  .tuple(fc.array(line, { maxLength: 8 }), fc.boolean())
  .map(([lines, isEnded]) => lines.join('\n') + (isEnded ? '\n' : ''))

/** The same by Git's own diff. */
function byDiff(
  added: readonly string[],
  removed: readonly string[],
): readonly (readonly [string, number])[] {
  const balance = new Map<string, number>()
  const count = (lines: readonly string[], step: number) => {
    for (const word of lines.flatMap((each) => each.match(/[\w\x80-\xff]+/g) ?? []))
      balance.set(word, (balance.get(word) ?? 0) + step)
  }
  count(added, 1)
  count(removed, -1)
  return [...balance].filter(([, sum]) => sum !== 0).sort()
}

it('counts the very words that a diff brings and takes away', { timeout: 60_000 }, async () => {
  await inWorkshop({ path: `${ground.repo.dir}/.git`, signal: null }, async (workshop) => {
    const { trees, quarantine, plain } = workshop
    const treeWith = (content: string) => {
      const oid = quarantine.objects.write('blob', Buffer.from(content))
      return trees.write(new Map([['f', { mode: '100644', oid }]]))
    }
    await fc.assert(
      fc.asyncProperty(text, text, async (old, now) => {
        const change = { before: treeWith(old), after: treeWith(now) }
        const paths = new Set(await pathsOf(workshop, change))
        const { added, removed } = await novelWords(workshop, change, paths)
        const found = [...added, ...[...removed].map(([word, count]) => [word, -count] as const)].sort()
        const lines = (await plain.diff(change.before, change.after)).flatMap((file) =>
          changedLines(file.text),
        )
        const of = (sign: string) =>
          lines.filter((each) => each.startsWith(sign)).map((each) => each.slice(1))
        expect(found).toEqual(byDiff(of('+'), of('-')))
      }),
      { numRuns: 150 },
    )
  })
})

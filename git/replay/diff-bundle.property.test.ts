import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Oid } from '../../domain/patch.ts'
import type { Entry } from '../objects/tree.ts'
import { makeFolder, makeRepo, type TestFolder } from '../testing.ts'
import { inWorkshop, type Workshop } from './workshop.ts'

let folder: TestFolder

beforeEach(() => {
  folder = makeFolder()
})

afterEach(() => folder.remove())

interface File {
  readonly lines: readonly string[]
  readonly end: '\n' | ''
  readonly isProgram: boolean
}

/** A name with a space is quoted otherwise in a diff: what holds it is asked for by its whole trees. */
const odd = 'odd name'
const names = ['a', 'dir/b.txt', 'dir/in/c.go', 'x@1~2']
const line = fc.constantFrom('func one() {', '  same', '  other', '}', '', 'bin\0ary', '--- a/0', 'tab\r')
const file: fc.Arbitrary<File> = fc.record({
  lines: fc.array(line, { maxLength: 14 }),
  end: fc.constantFrom('\n', ''),
  isProgram: fc.boolean(),
})
const files = fc.tuple(...names.map(() => file))

function treeOf(
  { quarantine, trees }: Workshop,
  state: readonly File[],
  oddText: string | null,
): Promise<Oid> {
  const write = (text: string) => quarantine.objects.write('blob', Buffer.from(text))
  const entries = state.map(({ lines, end, isProgram }, index): [string, Entry] => [
    names[index] as string,
    { mode: isProgram ? '100755' : '100644', oid: write(`${lines.join('\n')}${end}`) },
  ])
  const more: [string, Entry][] = oddText === null ? [] : [[odd, { mode: '100644', oid: write(oddText) }]]
  return trees.splice(trees.write(new Map()), new Map([...entries, ...more]))
}

describe('bundleDiffs', () => {
  it('gives each file the part that it has in a diff of the whole trees', async () => {
    const repo = makeRepo(`${folder.path}/repo`)
    repo.commit('start', { file: 'text\n' })
    const check = async (workshop: Workshop) =>
      fc.assert(
        fc.asyncProperty(files, files, async (before, after) => {
          const whole = await workshop.shown.diff(
            await treeOf(workshop, before, 'before'),
            await treeOf(workshop, after, 'after'),
          )
          const bundled = await workshop.shown.diff(
            await treeOf(workshop, before, null),
            await treeOf(workshop, after, null),
          )
          expect(bundled).toEqual(whole.filter(({ path }) => path !== odd))
          expect(whole.some(({ path }) => path === odd)).toBe(true)
        }),
        { numRuns: 300 },
      )
    await inWorkshop({ path: `${repo.dir}/.git`, signal: null }, check)
  }, 120_000)
})

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { numberedLines } from '../testing.ts'
import { groundOf, makeGround, type PlanGround } from './plan-testing.ts'

/** A patch sets some lines of the first half; patches that set the same line depend on each other. */
const patch = fc.uniqueArray(fc.record({ line: fc.integer({ min: 1, max: 6 }), word: fc.nat(99) }), {
  minLength: 1,
  maxLength: 2,
  selector: ({ line }) => line,
})
const history = fc.record({
  patches: fc.array(patch, { minLength: 2, maxLength: 5 }),
  /** How many of the patches upstream took, from the first one on. */
  taken: fc.nat(5),
  /** Whether it took them one by one, in one commit, or the first alone and the rest in one. */
  shape: fc.constantFrom('one-by-one', 'squashed', 'mixed'),
  /** What upstream does beside them, before and after. */
  before: fc.nat(2),
  after: fc.nat(2),
})
type History = typeof history extends fc.Arbitrary<infer T> ? T : never

/** Lines 1 to 6 of a patch are far from each other in the file, and from what upstream does in its second half. */
const at = (line: number) => line * 5
const size = 80
const text = (changes: Readonly<Record<number, string>>) => numberedLines(size, changes)

interface Built {
  readonly ground: PlanGround
  readonly taken: number
  /** The file as it should be in the end. */
  readonly wanted: string
}

function build({ patches, taken: asked, shape, before, after }: History): Built {
  const first = makeGround()
  first.repo.commit('ground', { 'a.txt': text({}) })
  first.repo.git('branch', '-f', 'fork', 'main')
  const ground = groundOf(first.folder, first.repo, first.remove)
  const { repo, onFork } = ground
  const states: Record<number, string>[] = [{}]
  for (const [index, changes] of patches.entries()) {
    const own = changes.map(({ line, word }) => [at(line), `patch ${index} word ${word} here`] as const)
    states.push({ ...states.at(-1), ...Object.fromEntries(own) })
  }
  onFork(() => {
    for (const [index, state] of states.slice(1).entries())
      repo.commit(`our patch number ${index}`, { 'a.txt': text(state) })
  })
  const taken = Math.min(asked, patches.length)
  let beside: Record<number, string> = {}
  let count = 0
  const goOn = (times: number, state: Record<number, string>) => {
    for (let time = 0; time < times; time += 1) {
      count += 1
      beside = { ...beside, [40 + count * 8]: `upstream goes on, ${count}` }
      repo.commit(`upstream ${count}`, { 'a.txt': text({ ...state, ...beside }) })
    }
  }
  goOn(before, {})
  const stops =
    shape === 'one-by-one'
      ? Array.from({ length: taken }, (_, index) => index + 1)
      : shape === 'squashed'
        ? [taken]
        : [Math.min(1, taken), taken]
  for (const stop of new Set(stops)) {
    if (stop === 0) continue
    const subject = shape === 'one-by-one' ? `our patch number ${stop - 1} (#${stop})` : 'Take it all (#1)'
    repo.commit(subject, { 'a.txt': text({ ...states[stop], ...beside }) })
  }
  goOn(after, states[taken] ?? {})
  return { ground, taken, wanted: text({ ...states.at(-1), ...beside }) }
}

/** A patch that builds on two that have nothing to do with each other. */
const examples: readonly History[] = [
  {
    patches: [
      [{ line: 1, word: 0 }],
      [
        { line: 4, word: 0 },
        { line: 2, word: 0 },
      ],
      [
        { line: 4, word: 0 },
        { line: 1, word: 0 },
      ],
    ],
    taken: 3,
    shape: 'squashed',
    before: 0,
    after: 0,
  },
]
const runs = { numRuns: Number(process.env.UNDRIFT_PROPERTY_RUNS ?? 8) }

describe('a release that holds the first patches of a stack', { timeout: 300_000 }, () => {
  it('is never asked about, whichever way upstream took them, and nothing of the others is lost', async () => {
    await fc.assert(
      fc.asyncProperty(history, async (given) => {
        const { ground, taken, wanted } = build(given)
        try {
          let kept = ''
          const keep = async (head: string) => {
            kept = ground.repo.git('show', `${head}:a.txt`)
          }
          const { result, patches } = await ground.plan({}, {}, { keep })
          expect(patches.filter(({ suggestion }) => suggestion !== null)).toEqual([])
          expect(result.kind).toBe('done')
          expect(`${kept}\n`).toBe(wanted)
          for (const [index, { verdict }] of patches.entries()) {
            const isThere = verdict === 'landed' || verdict === 'emptied'
            if (index < taken) expect(isThere).toBe(true)
          }
        } finally {
          ground.remove()
        }
      }),
      { ...runs, examples: examples.map((one) => [one]) },
    )
  })
})

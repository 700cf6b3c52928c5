import fc from 'fast-check'
import { afterEach, beforeEach, expect, it } from 'vitest'
import type { GeneratedRule } from '../../domain/generated.ts'
import { atLeast, gitVersion } from '../process/version.ts'
import { carryEverything } from '../stack/policy.ts'
import {
  type Files,
  makeFolder,
  makeRepo,
  numberedLines,
  type TestFolder,
  type TestRepo,
} from '../testing.ts'
import type { MergePath } from './merge-whole.ts'
import { makePlan, type Plan } from './plan.ts'

let folder: TestFolder
let count = 0

beforeEach(() => {
  folder = makeFolder()
})

afterEach(() => folder.remove())

const names = ['lock', 'gen/a', 'gen/deep/b']
/** A generated file set to one of a few contents, or removed. */
const generated = fc.record({ file: fc.nat(2), content: fc.option(fc.nat(3), { freq: 3 }) })
const step = fc.record({
  generated: fc.array(generated, { maxLength: 2 }),
  /** A line of an ordinary file; the fork has the upper half, upstream the lower, so that they never clash. */
  line: fc.option(fc.record({ file: fc.nat(1), at: fc.nat(5), word: fc.nat(2) })),
  added: fc.option(fc.nat(3)),
})
const history = fc.record({
  fork: fc.array(step, { minLength: 1, maxLength: 5 }),
  upstream: fc.array(step, { minLength: 1, maxLength: 4 }),
  rules: fc.array(
    fc.record({
      kind: fc.constantFrom('run', 'upstream', 'ours'),
      pattern: fc.constantFrom('lock', 'gen/**', '*', 'gen/a', '**/b'),
    }),
    { maxLength: 3 },
  ),
})
type History = typeof history extends fc.Arbitrary<infer T> ? T : never
type Step = History['fork'][number]

/** The same histories, with the generated files or without them. */
function build({ fork, upstream }: History, withGenerated: boolean): TestRepo {
  count += 1
  const repo = makeRepo(`${folder.path}/repo-${count}`)
  const first = Object.fromEntries(names.map((name) => [name, `${name} of the start\n`]))
  const keep = {
    'src/0': numberedLines(40),
    'src/1': numberedLines(40),
    'gen/deep/kept.txt': 'x\n',
    'gen/kept.txt': 'x\n',
  }
  repo.commit('start', { ...keep, ...(withGenerated ? first : {}) })
  repo.git('branch', 'fork')
  const play = (side: string, steps: readonly Step[], offset: number) => {
    const lines = new Map<number, Record<number, string>>()
    for (const [index, { generated: made, line, added }] of steps.entries()) {
      const files: Record<string, Files[string]> = {}
      if (line) {
        const changes = { ...lines.get(line.file), [offset + line.at]: `${side} ${line.word}` }
        lines.set(line.file, changes)
        files[`src/${line.file}`] = numberedLines(40, changes)
      }
      if (added !== null) files[`new/${side}-${added}`] = `new in ${index}\n`
      for (const { file, content } of withGenerated ? made : []) {
        const name = names[file] as string
        files[name] = content === null ? null : `content ${content}\n`
      }
      repo.commit(`${side} ${index}`, files)
    }
  }
  repo.git('checkout', '-q', 'fork')
  play('fork', fork, 3)
  repo.git('checkout', '-q', 'main')
  play('main', upstream, 30)
  return repo
}

function plan(repo: TestRepo, rules: readonly GeneratedRule[], path?: MergePath): Promise<Plan> {
  return makePlan(
    { path: `${repo.dir}/.git`, signal: null },
    {
      head: repo.oid('refs/heads/fork'),
      onto: repo.oid('refs/heads/main'),
      base: null,
      followed: [],
      committer: { name: 'Undrift', email: 'undrift@example.org' },
      policy: carryEverything,
      generated: rules,
      onConflict: 'stop',
    },
    {
      keep: async (head) => void repo.git('update-ref', 'refs/heads/result', head),
      ...(path ? { mergePath: path } : {}),
    },
  )
}

/** Every file of the result that no rule below settles. */
function others(repo: TestRepo): readonly string[] {
  const rows = repo.git('ls-tree', '-r', 'refs/heads/result').split('\n')
  return rows.filter((row) => !names.some((name) => row.endsWith(`\t${name}`)))
}

it('never stops a replay, whoever changed it how, and has no say in any other file', {
  timeout: 300_000,
}, async () => {
  const paths: MergePath[] = atLeast(await gitVersion(), 2, 49)
    ? ['dialogue', 'process', 'whole']
    : ['process', 'whole']
  await fc.assert(
    fc.asyncProperty(history, async (drawn) => {
      // Whatever the drawn rules leave out is settled by the last two.
      const all = [...drawn.rules, { kind: 'run', pattern: 'lock' }, { kind: 'run', pattern: 'gen/**' }]
      const rules = all.map((rule) => ({ ...rule, command: 'make' }) as GeneratedRule)
      const repo = build(drawn, true)
      const made = await plan(repo, rules)
      expect(made.result.kind).toBe('done')
      expect(made.suspects).toEqual([])
      expect(made.patches.every(({ verdict }) => verdict !== null)).toBe(true)
      for (const path of paths) expect(await plan(repo, rules, path)).toEqual(made)
      const without = build(drawn, false)
      const plain = await plan(without, [])
      expect(plain.result.kind).toBe('done')
      expect(others(repo)).toEqual(others(without))
    }),
    { numRuns: 20 },
  )
})

import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Oid } from '../../domain/patch.ts'
import { atLeast, gitVersion } from '../process/version.ts'
import { carryEverything } from '../stack/policy.ts'
import { cloneRepo, makeFolder, makeRepo, type TestFolder, type TestRepo } from '../testing.ts'
import type { MergePath } from './merge-whole.ts'
import { makePlan, type Plan, type PlanInput } from './plan.ts'
import { rangeDiff } from './range-diff.ts'

let folder: TestFolder
let count = 0

beforeEach(() => {
  folder = makeFolder()
})

afterEach(() => folder.remove())

type Step =
  | { readonly kind: 'edit'; readonly file: number; readonly line: number; readonly word: number }
  | { readonly kind: 'add'; readonly file: number }
  | { readonly kind: 'remove'; readonly file: number }
  | { readonly kind: 'move'; readonly file: number; readonly to: number }
  | { readonly kind: 'empty' }
  | { readonly kind: 'fixup'; readonly file: number; readonly line: number; readonly word: number }

const file = fc.nat(4)
const line = fc.nat(11)
const word = fc.nat(2)
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 8, arbitrary: fc.record({ kind: fc.constant('edit' as const), file, line, word }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('add' as const), file }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('remove' as const), file }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('move' as const), file, to: file }) },
  { weight: 1, arbitrary: fc.constant({ kind: 'empty' as const }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('fixup' as const), file, line, word }) },
)
const history = fc.record({
  fork: fc.array(step, { minLength: 1, maxLength: 6 }),
  upstream: fc.array(step, { minLength: 1, maxLength: 5 }),
  /** After which step the fork merges upstream into itself; past the end: never. */
  merge: fc.nat(12),
})
type History = typeof history extends fc.Arbitrary<infer T> ? T : never

const pathOf = (index: number) => `dir-${index % 2}/file-${index}.txt`
const start = Array.from({ length: 12 }, (_, index) => `line ${index}`)

function edited(
  lines: readonly string[],
  { line: at, word: which }: { line: number; word: number },
): string[] {
  return lines.map((text, index) => (index === at % lines.length ? `word ${which} ${at}` : text))
}

/** A repository with the branches `main` and `fork` as the steps say. */
function build({ fork, upstream, merge }: History): TestRepo {
  count += 1
  const repo = makeRepo(`${folder.path}/repo-${count}`)
  const states = new Map<string, Map<number, string[]>>()
  const first = new Map([0, 1, 2].map((index) => [index, start] as const))
  repo.commit(
    'start',
    Object.fromEntries([...first].map(([index, lines]) => [pathOf(index), `${lines.join('\n')}\n`])),
  )
  repo.git('branch', 'fork')
  for (const branch of ['main', 'fork']) states.set(branch, new Map(first) as Map<number, string[]>)
  const apply = (branch: 'main' | 'fork', one: Step, number: number) => {
    const files = states.get(branch) as Map<number, string[]>
    const subject =
      one.kind === 'fixup' && number > 0 ? `fixup! ${branch} ${number - 1}` : `${branch} ${number}`
    const write = (index: number, lines: string[] | null) => {
      if (lines) files.set(index, lines)
      else files.delete(index)
      return { [pathOf(index)]: lines && `${lines.join('\n')}\n` }
    }
    const known = 'file' in one ? files.get(one.file) : undefined
    switch (one.kind) {
      case 'edit':
      case 'fixup':
        repo.commit(subject, known ? write(one.file, edited(known, one)) : {})
        return
      case 'add':
        repo.commit(subject, known ? {} : write(one.file, [`new on ${branch}`]))
        return
      case 'remove':
        repo.commit(subject, known ? write(one.file, null) : {})
        return
      case 'move':
        repo.commit(
          subject,
          known && !files.has(one.to) ? { ...write(one.file, null), ...write(one.to, known) } : {},
        )
        return
      case 'empty':
        repo.commit(subject)
    }
  }
  const half = Math.ceil(upstream.length / 2)
  for (const [index, one] of upstream.slice(0, half).entries()) apply('main', one, index)
  repo.git('checkout', '-q', 'fork')
  let merged = false
  for (const [index, one] of fork.entries()) {
    // After a merge what is in the files is not known here, and only new commits without content follow.
    if (!merged) apply('fork', one, index)
    if (index !== merge) continue
    try {
      repo.git('merge', '-q', '--no-ff', '-m', 'merge upstream', 'main')
      merged = true
    } catch {
      repo.git('merge', '--abort')
    }
  }
  repo.git('checkout', '-q', 'main')
  for (const [index, one] of upstream.slice(half).entries()) apply('main', one, half + index)
  return repo
}

function plan(
  repo: TestRepo,
  more: Partial<PlanInput> & { path?: MergePath; keep?: (head: Oid) => Promise<void> } = {},
): Promise<Plan> {
  const { path, keep, head: _head, onto: _onto, ...rest } = more
  const input: PlanInput = {
    head: more.head ?? repo.oid('refs/heads/fork'),
    onto: more.onto ?? repo.oid('refs/heads/main'),
    base: null,
    followed: [],
    committer: { name: 'Undrift', email: 'undrift@example.org' },
    policy: carryEverything,
    onConflict: 'stop',
    ...rest,
  }
  const options = { ...(path ? { mergePath: path } : {}), ...(keep ? { keep } : {}) }
  return makePlan({ path: `${repo.dir}/.git`, signal: null }, input, options)
}

function ownCommits(repo: TestRepo): readonly Oid[] {
  return repo.git('rev-list', 'fork', '^main').split('\n').filter(Boolean)
}

const runs = { numRuns: Number(process.env.UNDRIFT_PROPERTY_RUNS ?? 4) }

describe('any history', { timeout: 300_000 }, () => {
  it('has every commit of its stack accounted for exactly once, conflict or not', async () => {
    await fc.assert(
      fc.asyncProperty(history, async (given) => {
        const repo = build(given)
        for (const onConflict of ['stop', 'forecast'] as const) {
          const { patches, merges, result } = await plan(repo, { onConflict })
          const told = [...patches.flatMap((patch) => [patch.oid, ...patch.folded]), ...merges]
          expect([...told].sort()).toEqual([...ownCommits(repo)].sort())
          if (result.kind !== 'conflict') expect(patches.every((patch) => patch.verdict !== null)).toBe(true)
        }
      }),
      runs,
    )
  })

  it('comes to the same plan on every path of execution and in two clones', async () => {
    const hasDialogue = atLeast(await gitVersion(), 2, 49)
    if (!hasDialogue) process.stderr.write('This Git is older than 2.49: the dialogue is not compared.\n')
    await fc.assert(
      fc.asyncProperty(history, async (given) => {
        const repo = build(given)
        const whole = await plan(repo, { path: 'whole', onConflict: 'forecast' })
        expect(await plan(repo, { path: 'process', onConflict: 'forecast' })).toEqual(whole)
        if (hasDialogue) expect(await plan(repo, { path: 'dialogue', onConflict: 'forecast' })).toEqual(whole)
        const clone = cloneRepo(repo.dir, `${repo.dir}-clone`)
        const { head, onto } = whole
        expect(await plan(clone, { head, onto, onConflict: 'forecast' })).toEqual(whole)
      }),
      runs,
    )
  })

  it('gives a result that a second replay onto its own base does not change', async () => {
    await fc.assert(
      fc.asyncProperty(history, async (given) => {
        const repo = build(given)
        const keep = async (head: Oid) => void repo.git('update-ref', 'refs/heads/kept', head)
        const { result } = await plan(repo, { keep })
        if (result.kind !== 'done') return
        const again = await plan(repo, { head: repo.oid('refs/heads/kept') })
        expect(again.result).toEqual(result)
        expect(again.patches.every((patch) => patch.verdict === 'unchanged')).toBe(true)
        expect(repo.git('fsck', '--strict', '--no-dangling')).toBe('')
        const mirror = { path: `${repo.dir}/.git`, signal: null }
        const { base, head, onto, patches } = await plan(repo)
        const shown = await rangeDiff(mirror, { base, head }, { base: onto, head: result.head })
        const made = patches.filter((patch) => patch.newOid !== null)
        expect(
          shown.split('\n').filter((line) => /^(?:-|\d+): /.test(line.trim())).length,
        ).toBeGreaterThanOrEqual(made.length)
      }),
      runs,
    )
  })
})

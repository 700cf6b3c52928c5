import { mkdirSync, writeFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { gitVersion } from '../../../git/process/version.ts'
import { makePlan, type Plan } from '../../../git/replay/plan.ts'
import { carryEverything } from '../../../git/stack/policy.ts'
import { clock, machine, median, runGitHere } from '../timing.ts'
import type { RealOptions, RealStack } from './options.ts'
import { planProcess } from './plan-process.ts'
import { rebaseTime } from './rebase-time.ts'

/** What one stack came to. Times are medians in milliseconds. */
export interface RealRow {
  readonly stack: string
  readonly patches: number
  readonly merges: number
  /** Upstream's commits between the stack's base and the target. */
  readonly upstream: number
  readonly result: Plan['result']['kind']
  /** Where the rebase ends, too: after the last patch, or at its first conflict. */
  readonly rebase: { readonly kind: 'done' | 'conflict'; readonly time: number }
  /** A plan in a process that runs already, nothing explained. */
  readonly engine: number
  /** `undrift plan` from the start of its process until it told what became of the patches. */
  readonly told: number
  /** The same until its end, explanations among it. */
  readonly plan: number
  /** The largest resident size of the Node process, in megabytes. */
  readonly memory: number
}

export interface RealReport {
  readonly git: string
  readonly node: string
  readonly machine: string
  readonly runs: number
  readonly rows: readonly RealRow[]
}

/** Measures every stack; the ways take turns, so that a noisy minute hits them all. */
export async function benchReal(options: RealOptions, say: (line: string) => void): Promise<RealReport> {
  const rows: RealRow[] = []
  for (const stack of options.stacks) {
    say(`${stack.repo}: ${stack.head} onto ${stack.onto}`)
    rows.push(await measure(stack, options))
  }
  const { text } = await gitVersion()
  return { git: text, node: process.version, machine: machine(), runs: options.runs, rows }
}

async function measure(stack: RealStack, options: RealOptions): Promise<RealRow> {
  const folder = await mkdtemp(join(tmpdir(), 'undrift-bench-'))
  try {
    const ends = endsOf(stack)
    const repository = borrow(stack.repo, folder)
    const checkout = join(folder, 'checkout')
    runGitHere(repository, ['worktree', 'add', '-q', '--detach', checkout, ends.head])
    const times = { rebase: [], engine: [], told: [], plan: [], memory: [] } as Record<string, number[]>
    let rebased: 'done' | 'conflict' = 'done'
    let plan: Plan | null = null
    for (let turn = 0; turn < options.runs; turn += 1) {
      const rebase = await rebaseTime(checkout, ends)
      rebased = rebase.kind
      times.rebase?.push(rebase.time)
      times.engine?.push(await clock(async () => (plan = await engine(repository, ends))))
      const ran = await planProcess({ repository, folder, explain: options.explain }, ends)
      times.told?.push(ran.told)
      times.plan?.push(ran.whole)
      times.memory?.push(ran.memory)
    }
    const of = (name: string): number => median(times[name] ?? []) ?? 0
    const made = plan as Plan | null
    if (made === null) throw new Error('Nothing was measured.')
    return {
      stack: `${stack.head} onto ${stack.onto}`,
      patches: made.patches.length,
      merges: made.merges.length,
      upstream: count(repository, `${ends.base}..${ends.onto}`),
      result: made.result.kind,
      rebase: { kind: rebased, time: of('rebase') },
      engine: of('engine'),
      told: of('told'),
      plan: of('plan'),
      memory: of('memory'),
    }
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/** A stack by whole ids. */
export interface Ends {
  readonly head: string
  readonly onto: string
  readonly base: string
  /** Whether the base was named, and so has to be named to Undrift, too. */
  readonly isBaseGiven: boolean
}

function endsOf({ repo, head, onto, base }: RealStack): Ends {
  const commit = (name: string) => runGitHere(repo, ['rev-parse', '--verify', `${name}^{commit}`]).trim()
  const [from, to] = [commit(head), commit(onto)]
  const start = base === null ? runGitHere(repo, ['merge-base', from, to]).trim() : commit(base)
  return { head: from, onto: to, base: start, isBaseGiven: base !== null }
}

/** A repository of the bench's own on another one's objects: what a rebase makes and sets stays in it. */
function borrow(repo: string, folder: string): string {
  const path = join(folder, 'repository.git')
  runGitHere(folder, ['init', '-q', '--bare', path])
  const objects = runGitHere(repo, ['rev-parse', '--git-path', 'objects']).trim()
  writeFileSync(join(path, 'objects', 'info', 'alternates'), `${resolve(repo, objects)}\n`)
  mkdirSync(join(path, 'info'), { recursive: true })
  // Files that are not as their attributes want them would make a fresh checkout dirty, and stop a rebase.
  writeFileSync(join(path, 'info', 'attributes'), '* -text\n')
  return path
}

function count(repository: string, range: string): number {
  return Number(runGitHere(repository, ['rev-list', '--count', range]))
}

function engine(path: string, { head, onto, base, isBaseGiven }: Ends): Promise<Plan> {
  const committer = { name: 'Undrift', email: 'undrift@localhost' }
  const input = { head, onto, base: isBaseGiven ? base : null, followed: [], committer }
  return makePlan(
    { path, signal: null },
    { ...input, policy: carryEverything, onConflict: 'stop' },
    { explain: { budget: 0 } },
  )
}

import { execFileSync } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { atLeast, gitVersion } from '../../git/process/version.ts'
import type { MergePath } from '../../git/replay/merge-whole.ts'
import { makePlan, type Plan } from '../../git/replay/plan.ts'
import { carryEverything } from '../../git/stack/policy.ts'
import { type GeneratedStack, generateStack } from './generate.ts'
import { cliEntry, clock, machine, median, runGitHere } from './timing.ts'

export const sizes = [
  { name: 'small', files: 740 },
  { name: 'middle', files: 5_000 },
  { name: 'huge', files: 80_000 },
] as const
export type SizeName = (typeof sizes)[number]['name']
export const stacks = [10, 50, 200] as const
export type StackLength = (typeof stacks)[number]

/** Whether it is the name of a repository size. */
export function isSize(name: string): name is SizeName {
  return sizes.some((size) => size.name === name)
}

/** Whether it is the length of a stack that is measured. */
export function isStack(length: number): length is StackLength {
  return stacks.some((stack) => stack === length)
}

export interface ReplayBenchOptions {
  readonly sizes: readonly SizeName[]
  readonly stacks: readonly StackLength[]
  readonly runs: number
  readonly say: (line: string) => void
}

/** One row of the table; times are medians in milliseconds, null where this Git lacks the means. */
export interface ReplayRow {
  readonly size: SizeName
  readonly files: number
  readonly patches: number
  readonly rebase: number
  readonly perProcess: number
  readonly dialogue: number | null
  readonly gitReplay: number | null
  /** `undrift plan` from process start to its last line. */
  readonly plan: number
}

export interface ReplayReport {
  readonly git: string
  readonly node: string
  readonly machine: string
  readonly runs: number
  readonly rows: readonly ReplayRow[]
}

/** Measures every size with every stack; the ways take turns, so that a noisy minute hits them all. */
export async function benchReplay(options: ReplayBenchOptions): Promise<ReplayReport> {
  const version = await gitVersion()
  const rows: ReplayRow[] = []
  for (const { name, files } of sizes.filter((size) => options.sizes.includes(size.name))) {
    for (const patches of options.stacks) {
      options.say(`${name}: ${files} files, ${patches} patches`)
      rows.push(await measure({ size: name, files, patches }, options))
    }
  }
  return {
    git: version.text,
    node: process.version,
    machine: machine(),
    runs: options.runs,
    rows,
  }
}

async function measure(
  shape: { readonly size: SizeName; readonly files: number; readonly patches: number },
  options: ReplayBenchOptions,
): Promise<ReplayRow> {
  const folder = await mkdtemp(join(tmpdir(), 'undrift-bench-'))
  try {
    const stack = generateStack(folder, shape.files, shape.patches)
    const version = await gitVersion()
    const hasDialogue = atLeast(version, 2, 49)
    const hasReplay = atLeast(version, 2, 53)
    const checkout = join(folder, 'checkout')
    runGitHere(folder, ['worktree', 'add', '-q', '--detach', checkout, stack.head])
    const times = { rebase: [], perProcess: [], dialogue: [], gitReplay: [], plan: [] } as Record<
      string,
      number[]
    >
    for (let turn = 0; turn < options.runs; turn += 1) {
      runGitHere(checkout, ['checkout', '-q', '--detach', stack.head])
      times.rebase?.push(
        await clock(() => runGitHere(checkout, ['rebase', '-q', '--onto', stack.onto, stack.base])),
      )
      times.perProcess?.push(await clock(() => replayHere(folder, stack, 'process')))
      if (hasDialogue) times.dialogue?.push(await clock(() => replayHere(folder, stack, 'dialogue')))
      if (hasReplay) {
        const argv = ['replay', '--ref-action=print', '--onto', stack.onto, `${stack.base}..refs/heads/fork`]
        times.gitReplay?.push(await clock(() => runGitHere(folder, argv)))
      }
      times.plan?.push(await clock(() => planProcess(folder, stack)))
    }
    const of = (name: string): number | null => median(times[name] ?? [])
    return {
      ...shape,
      rebase: of('rebase') ?? 0,
      perProcess: of('perProcess') ?? 0,
      dialogue: of('dialogue'),
      gitReplay: of('gitReplay'),
      plan: of('plan') ?? 0,
    }
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

async function replayHere(path: string, stack: GeneratedStack, mergePath: MergePath): Promise<Plan> {
  const plan = await makePlan(
    { path, signal: null },
    {
      head: stack.head,
      onto: stack.onto,
      base: null,
      followed: [],
      committer: { name: 'Undrift', email: 'undrift@localhost' },
      policy: carryEverything,
      onConflict: 'stop',
    },
    { mergePath },
  )
  if (plan.result.kind !== 'done') throw new Error(`The generated stack does not apply: ${plan.result.kind}.`)
  return plan
}

function planProcess(repository: string, stack: GeneratedStack): void {
  const argv = [cliEntry(), 'plan', '--repo', repository, '--head', stack.head, '--onto', stack.onto]
  execFileSync(process.execPath, argv, { stdio: ['ignore', 'ignore', 'inherit'] })
}

/** The report as a Markdown table, with each way's part of rebase's time. */
export function renderReplay(report: ReplayReport): string {
  const part = (time: number | null, whole: number) =>
    time === null ? '–' : `${time} (${(time / whole).toFixed(2)})`
  const rows = report.rows.map((row) => [
    `${row.size} (${row.files} files)`,
    String(row.patches),
    String(row.rebase),
    part(row.perProcess, row.rebase),
    part(row.dialogue, row.rebase),
    part(row.gitReplay, row.rebase),
    String(row.plan),
  ])
  const head = [
    'repository',
    'patches',
    'git rebase',
    'merge-tree a process',
    'dialogue',
    'git replay',
    'undrift plan',
  ]
  const lines = [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`)
  const medians = `Milliseconds, medians of ${report.runs}; in brackets the part of rebase's time.`
  return [...lines, '', `${medians} Git ${report.git}, Node ${report.node}, ${report.machine}.`].join('\n')
}

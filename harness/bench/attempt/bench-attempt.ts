import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { cpus, tmpdir } from 'node:os'
import { join } from 'node:path'
import { makeInstallation } from '../../stage/installation.ts'

export interface AttemptBenchOptions {
  readonly stacks: readonly number[]
  readonly runs: number
  readonly say: (line: string) => void
}

/** Milliseconds, medians. */
interface AttemptRow {
  readonly patches: number
  /** From the start of the attempt until its candidate is pushed. */
  readonly attempt: number
  /** Fetch, rebase, check and push by a plain script in a checkout that is ready. */
  readonly script: number
}

export interface AttemptReport {
  readonly rows: readonly AttemptRow[]
  readonly runs: number
  readonly machine: string
}

const files = 300
const who = ['-c', 'user.name=Ada', '-c', 'user.email=ada@example.org']

/** Times whole attempts on a running `undrift up`, and the same work by a plain script. */
export async function benchAttempt({ stacks, runs, say }: AttemptBenchOptions): Promise<AttemptReport> {
  const rows: AttemptRow[] = []
  for (const patches of stacks) rows.push(await rowOf(patches, runs, say))
  const [first] = cpus()
  return { rows, runs, machine: `${cpus().length} cores of ${first?.model ?? 'an unknown processor'}` }
}

async function rowOf(patches: number, runs: number, say: (line: string) => void): Promise<AttemptRow> {
  const folder = mkdtempSync(join(tmpdir(), 'undrift-bench-'))
  const world = makeWorld(folder, patches)
  const installation = await makeInstallation({
    folder,
    canary: 'none',
    trusted: join(folder, 'none.pem'),
    say: () => {},
  })
  try {
    await installation.up()
    const times: { readonly attempt: number; readonly script: number }[] = []
    for (let run = 1; run <= runs; run++) {
      const tag = `v1.${run}.0`
      world.release(tag)
      const shown = (await installation.json('run', 'ours', tag)) as Shown
      const attempt = Date.parse(shown.updatedAt) - Date.parse(shown.startedAt)
      times.push({ attempt, script: world.script(tag) })
      say(`${patches} patches, ${tag}: ${shown.outcome} in ${attempt} ms`)
    }
    return {
      patches,
      attempt: median(times.map((each) => each.attempt)),
      script: median(times.map((each) => each.script)),
    }
  } finally {
    await installation.clear()
    rmSync(folder, { recursive: true, force: true })
  }
}

interface Shown {
  readonly startedAt: string
  readonly updatedAt: string
  readonly outcome: string
}

function makeWorld(folder: string, patches: number) {
  const [upstream, fork, origin] = ['up', 'fork', 'origin.git'].map((name) => join(folder, name)) as [
    string,
    string,
    string,
  ]
  git(folder, ['init', '-q', '-b', 'main', upstream])
  change(upstream, files, (line) => `line ${line}`)
  commit(upstream, 'Begin')
  git(upstream, ['tag', 'v1.0.0'])
  git(folder, ['clone', '-q', upstream, fork])
  for (let index = 0; index < patches; index++) {
    write(join(fork, `f${index % files}.txt`), (line) => (line === 5 ? `ours ${index}` : `line ${line}`))
    commit(fork, `Ours ${index}`)
  }
  git(folder, ['clone', '-q', '--bare', fork, origin])
  writeFileSync(join(folder, 'undrift.yaml'), configText(upstream, origin))
  return {
    release: (tag: string) => {
      change(upstream, files, (line) => (line === 50 ? `theirs ${tag}` : `line ${line}`))
      commit(upstream, tag)
      git(upstream, ['tag', tag])
    },
    script: (tag: string): number => {
      const tree = join(folder, `tree-${tag}`)
      git(folder, ['clone', '-q', origin, tree])
      const began = performance.now()
      git(tree, ['fetch', '-q', upstream, `refs/tags/${tag}:refs/tags/${tag}`])
      git(tree, ['rebase', '-q', '--onto', tag, 'v1.0.0'])
      execFileSync('sh', ['-c', 'true'])
      git(tree, ['push', '-q', 'origin', `HEAD:refs/heads/script/${tag}`])
      return performance.now() - began
    },
  }
}

function configText(upstream: string, origin: string): string {
  return `upstreams:
  up: { git: ${upstream}, feed: "git+file://${upstream}", poll: 1h, tags: { prefix: v } }
forks:
  ours:
    upstream: up
    remotes: { origin: ${origin} }
    branch: main
    verify: ["true"]
    publish: { push: true }
`
}

function change(dir: string, count: number, lineOf: (line: number) => string): void {
  for (let index = 0; index < count; index++) write(join(dir, `f${index}.txt`), lineOf)
}

function write(path: string, lineOf: (line: number) => string): void {
  mkdirSync(join(path, '..'), { recursive: true })
  writeFileSync(path, Array.from({ length: 60 }, (_, line) => `${lineOf(line)}\n`).join(''))
}

function commit(dir: string, subject: string): void {
  git(dir, ['add', '-A'])
  git(dir, ['commit', '-q', '-m', subject])
}

function git(dir: string, argv: readonly string[]): void {
  const env = { PATH: process.env.PATH ?? '', HOME: '/dev/null', GIT_CONFIG_NOSYSTEM: '1', LC_ALL: 'C' }
  execFileSync('git', [...who, ...argv], { cwd: dir, env, stdio: 'pipe' })
}

function median(times: readonly number[]): number {
  return Math.round(times.toSorted((a, b) => a - b)[Math.floor(times.length / 2)] ?? 0)
}

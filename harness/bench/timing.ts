import { execFileSync } from 'node:child_process'
import { availableParallelism, cpus } from 'node:os'
import { join } from 'node:path'
import { performance } from 'node:perf_hooks'

/** The CLI as it was built or, run from the sources, as it stands there. */
export function cliEntry(): string {
  const name = import.meta.filename.endsWith('.ts') ? 'entry.ts' : 'entry.js'
  return join(import.meta.dirname, '..', '..', 'client', 'cli', name)
}

/** Git without anybody's config, as the engine's own processes have it. */
export const benchEnvironment: Readonly<Record<string, string>> = {
  PATH: process.env.PATH ?? '',
  HOME: '/dev/null',
  GIT_CONFIG_NOSYSTEM: '1',
  GIT_COMMITTER_NAME: 'Undrift',
  GIT_COMMITTER_EMAIL: 'undrift@localhost',
}

export function runGitHere(cwd: string, argv: readonly string[]): string {
  const env = benchEnvironment
  return execFileSync('git', argv, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] }).toString('utf8')
}

/** How long the work took, in milliseconds. */
export async function clock(work: () => unknown): Promise<number> {
  const start = performance.now()
  await work()
  return performance.now() - start
}

/** The median in whole numbers; null of nothing. */
export function median(values: readonly number[]): number | null {
  if (values.length === 0) return null
  const sorted = [...values].sort((a, b) => a - b)
  const middle = sorted.length >> 1
  const high = sorted[middle] ?? 0
  return Math.round(sorted.length % 2 === 1 ? high : ((sorted[middle - 1] ?? 0) + high) / 2)
}

/** The processors, for a report. */
export function machine(): string {
  return `${availableParallelism()} × ${cpus()[0]?.model ?? 'unknown'}`
}

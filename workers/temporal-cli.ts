import { execFile } from 'node:child_process'
import { chmodSync, mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'
import { findProgram, isExecutable } from '../adapters/sandboxes/find-program.ts'
import { UndriftError } from '../domain/errors.ts'
import { type LockResult, takeLock } from './lock-file.ts'
import { buildTemporalCli } from './temporal-cli-build.ts'
import { downloadTemporalCli } from './temporal-cli-download.ts'
import { type CliSearch, type Provide, temporalCliVersion } from './temporal-cli-search.ts'

const ways: readonly Provide[] = [downloadTemporalCli, buildTemporalCli]

/** The path of a Temporal CLI that answers: named, on the PATH, cached, downloaded or built, in this order. */
export async function findTemporalCli(search: CliSearch): Promise<string> {
  const named = search.env.UNDRIFT_TEMPORAL_CLI
  if (named) return proven(named, 'UNDRIFT_TEMPORAL_CLI')
  const onPath = findProgram('temporal', search.env.PATH)
  if (onPath !== null) return proven(onPath, 'the PATH')
  const cached = cachePath(search.env)
  if (await answers(cached)) return cached
  return provide(cached, search)
}

/** Where the provided program is kept: outside of every checkout and every data folder. */
export function cachePath(env: NodeJS.ProcessEnv): string {
  const cache = env.XDG_CACHE_HOME || join(env.HOME || homedir(), '.cache')
  return join(cache, 'undrift', 'temporal-cli', temporalCliVersion, 'temporal')
}

async function proven(path: string, source: string): Promise<string> {
  if (await answers(path)) return path
  throw new UndriftError(
    'UNDRIFT_E_TEMPORAL_CLI',
    `The Temporal CLI that ${source} names does not answer to --version: ${path}`,
  )
}

/** Whether a Temporal CLI is there and runs on this machine. */
async function answers(path: string): Promise<boolean> {
  if (!isExecutable(path)) return false
  try {
    const { stdout } = await promisify(execFile)(path, ['--version'], { timeout: 30_000 })
    return /^temporal version \d/.test(stdout)
  } catch {
    return false
  }
}

/** Provides the program once, however many processes ask for it at the same time. */
async function provide(path: string, search: CliSearch): Promise<string> {
  const release = await waitForLock(path, search)
  try {
    if (await answers(path)) return path
    const reasons: string[] = []
    for (const way of ways) {
      const reason = await tryWay(way, path, search)
      if (reason === null) return path
      reasons.push(reason)
      search.signal?.throwIfAborted()
    }
    throw new UndriftError(
      'UNDRIFT_E_TEMPORAL_CLI',
      `The Temporal CLI is neither named by UNDRIFT_TEMPORAL_CLI, nor on the PATH, nor in the cache, and it could not be provided. ${reasons.join(' ')}`,
    )
  } finally {
    release()
  }
}

/** Takes the lock beside the program; waits for whoever has it. */
async function waitForLock(path: string, { say, signal }: CliSearch): Promise<() => void> {
  for (let told = false; ; told = true) {
    const lock = lockCache(path)
    if (lock.kind === 'locked') return lock.release
    const who = lock.by === null ? 'Another process' : `Process ${lock.by.pid}`
    if (!told) say(`${who} is providing the Temporal CLI; waiting for it.`)
    await sleep(500, undefined, signal && { signal })
  }
}

function lockCache(path: string): LockResult {
  try {
    return takeLock(`${path}.lock`)
  } catch (cause) {
    throw new UndriftError(
      'UNDRIFT_E_TEMPORAL_CLI',
      `The cache cannot be written: ${(cause as Error).message}`,
      {
        cause,
        hint: 'Set XDG_CACHE_HOME to a folder that can be, or UNDRIFT_TEMPORAL_CLI to the path of the Temporal CLI.',
      },
    )
  }
}

/** Lets one way work in a folder of its own and moves what answers into place; null when it did, else why not. */
async function tryWay(way: Provide, path: string, search: CliSearch): Promise<string | null> {
  const folder = join(path, '..')
  mkdirSync(folder, { recursive: true })
  const workshop = mkdtempSync(join(folder, 'making-'))
  try {
    const made = join(workshop, 'temporal')
    await way(made, search)
    chmodSync(made, 0o755)
    if (!(await answers(made))) return 'What was provided does not answer to --version.'
    renameSync(made, path)
    return null
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  } finally {
    rmSync(workshop, { recursive: true, force: true })
  }
}

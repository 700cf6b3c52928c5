import { type ChildProcess, type SpawnOptions, spawn, spawnSync } from 'node:child_process'
import { setTimeout as sleep } from 'node:timers/promises'
import { findProgram } from '../adapters/sandboxes/find-program.ts'
import { isAlive, type ProcessIdentity } from './process-identity.ts'

export interface ChildOptions extends SpawnOptions {
  /** What the child gets when this process dies without being able to say so; Linux only. */
  readonly onParentDeath: 'SIGTERM' | 'SIGKILL'
}

/** Starts a program that does not outlive this process. */
export function spawnTied(file: string, args: readonly string[], options: ChildOptions): ChildProcess {
  const { onParentDeath, ...spawnOptions } = options
  tie ??= findTie()
  const { setpriv } = tie
  if (setpriv === null) return spawn(file, args, spawnOptions)
  return spawn(setpriv, ['--pdeathsig', onParentDeath.replace('SIG', ''), '--', file, ...args], spawnOptions)
}

let tie: { readonly setpriv: string | null } | undefined

/** The program that ties a child to its parent; null where there is none, or one that cannot (busybox has such). */
function findTie(): { readonly setpriv: string | null } {
  const setpriv = process.platform === 'linux' ? findProgram('setpriv') : null
  if (setpriv === null) return { setpriv: null }
  const { status } = spawnSync(setpriv, ['--pdeathsig', 'KILL', '--', 'true'], { stdio: 'ignore' })
  return { setpriv: status === 0 ? setpriv : null }
}

/** Whether this child still runs. */
export function isOpen(child: ChildProcess): boolean {
  return child.pid !== undefined && child.exitCode === null && child.signalCode === null
}

/** Asks a child to end, and makes it end after the grace period. */
export async function endChild(child: ChildProcess, graceMs: number): Promise<void> {
  if (!isOpen(child)) return
  const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  child.kill('SIGTERM')
  const timer = setTimeout(() => child.kill('SIGKILL'), graceMs)
  await gone
  clearTimeout(timer)
}

/** The same for a process that is not a child of this one. */
export async function endStranger(identity: ProcessIdentity, graceMs: number): Promise<void> {
  const deadline = Date.now() + graceMs
  for (let signal: NodeJS.Signals = 'SIGTERM'; isAlive(identity); ) {
    kill(identity.pid, signal)
    while (isAlive(identity) && Date.now() < deadline) await sleep(50)
    signal = 'SIGKILL'
    await sleep(20)
  }
}

function kill(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal)
  } catch {
    // Gone in the meantime.
  }
}

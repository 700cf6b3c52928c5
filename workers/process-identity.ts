import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { isRunning } from '../adapters/sandboxes/process-tree.ts'

/** A process, named so that a later one with the same number is not taken for it. */
export interface ProcessIdentity {
  readonly pid: number
  /** When it began, in words of the machine; comparable on this machine only. */
  readonly began: string
}

/** Names this process. */
export function ownIdentity(): ProcessIdentity {
  return identityOf(process.pid) ?? { pid: process.pid, began: '' }
}

/** Names a running process; null when there is none with this number. */
export function identityOf(pid: number): ProcessIdentity | null {
  const began = process.platform === 'linux' ? beganByProc(pid) : beganByPs(pid)
  return began === null ? null : { pid, began }
}

/** Whether exactly this process still runs. */
export function isAlive(identity: ProcessIdentity): boolean {
  return identityOf(identity.pid)?.began === identity.began
}

/** Clock ticks since the boot, with the boot's own id. */
function beganByProc(pid: number): string | null {
  if (!isRunning(pid)) return null
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1')
    const ticks = stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19]
    return `${readFileSync('/proc/sys/kernel/random/boot_id', 'latin1').trim()} ${ticks}`
  } catch {
    return null
  }
}

function beganByPs(pid: number): string | null {
  try {
    const text = execFileSync('ps', ['-o', 'lstart=', '-p', `${pid}`], {
      encoding: 'utf8',
      env: { ...process.env, LC_ALL: 'C' },
      stdio: ['ignore', 'pipe', 'ignore'],
    })
    return text.trim() || null
  } catch {
    return null
  }
}

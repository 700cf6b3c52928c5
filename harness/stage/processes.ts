import { readdir, readFile } from 'node:fs/promises'
import { setTimeout as pause } from 'node:timers/promises'
import { isMissing } from './missing.ts'

/** A process of this machine, as /proc tells it. */
export interface Process {
  readonly pid: number
  readonly parent: number
  /** In clock ticks since boot: with the pid, it names a process for good. */
  readonly started: string
  readonly command: string
}

/** Every process that is running now. Processes that ended are no longer in it, even if nobody waited for them. */
export async function listProcesses(): Promise<readonly Process[]> {
  const entries = await readdir('/proc')
  const found = await Promise.all(entries.filter((entry) => /^\d+$/.test(entry)).map(readProcess))
  return found.filter((process) => process !== null)
}

/** A process and everything that descends from it. */
export function familyOf(pid: number, processes: readonly Process[]): readonly Process[] {
  const family = processes.filter((process) => process.pid === pid)
  for (const member of family) {
    family.push(...processes.filter((process) => process.parent === member.pid))
  }
  return family
}

/** Those of these processes that still run. */
export async function stillRunning(processes: readonly Process[]): Promise<readonly Process[]> {
  const now = await listProcesses()
  return processes.filter((old) => now.some((one) => one.pid === old.pid && one.started === old.started))
}

/** Waits until none of these processes runs; answers those that still do at the end. */
export async function waitForEnd(
  processes: readonly Process[],
  milliseconds: number,
): Promise<readonly Process[]> {
  const deadline = Date.now() + milliseconds
  let left = await stillRunning(processes)
  while (left.length > 0 && Date.now() < deadline) {
    await pause(50)
    left = await stillRunning(left)
  }
  return left
}

/** Sends SIGKILL to each of these processes that still runs. */
export async function killNow(processes: readonly Process[]): Promise<void> {
  for (const { pid } of await stillRunning(processes)) {
    try {
      process.kill(pid, 'SIGKILL')
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
    }
  }
}

async function readProcess(entry: string): Promise<Process | null> {
  try {
    const [stat, command] = await Promise.all([
      readFile(`/proc/${entry}/stat`, 'utf8'),
      readFile(`/proc/${entry}/cmdline`, 'utf8'),
    ])
    // The name in parentheses may hold anything, spaces and parentheses too; the numbers begin behind the last one.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    if (fields[0] === 'Z') return null
    return {
      pid: Number(entry),
      parent: Number(fields[1]),
      started: fields[19] ?? '',
      command: command.replaceAll('\0', ' ').trim(),
    }
  } catch (error) {
    if (isMissing(error)) return null
    throw error
  }
}

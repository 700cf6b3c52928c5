import { execFileSync } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { isMissing } from '../../stage/missing.ts'
import { familyOf, listProcesses } from '../../stage/processes.ts'

/** What some processes have used up to now. */
export interface Usage {
  readonly cpuSeconds: number
  /** Resident, in bytes; pages that processes share are shared out among them, as PostgreSQL's buffers are. */
  readonly memory: number
}

const ticksPerSecond = Number(execFileSync('getconf', ['CLK_TCK']))

/** What these processes and all that descends from them use, as /proc tells it. */
export async function usageOf(pids: readonly number[]): Promise<Usage> {
  const processes = await listProcesses()
  const family = new Set(pids.flatMap((pid) => familyOf(pid, processes).map((member) => member.pid)))
  const parts = await Promise.all([...family].map(usageOfOne))
  return {
    cpuSeconds: parts.reduce((sum, part) => sum + part.cpuSeconds, 0),
    memory: parts.reduce((sum, part) => sum + part.memory, 0),
  }
}

async function usageOfOne(pid: number): Promise<Usage> {
  try {
    const [stat, maps] = await Promise.all([
      readFile(`/proc/${pid}/stat`, 'utf8'),
      readFile(`/proc/${pid}/smaps_rollup`, 'utf8'),
    ])
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    // Own time and that of children that have ended: a server may start helpers for a moment.
    const ticks = fields.slice(11, 15).reduce((sum, field) => sum + Number(field), 0)
    return {
      cpuSeconds: ticks / ticksPerSecond,
      memory: Number(/^Pss:\s+(\d+) kB$/m.exec(maps)?.[1] ?? 0) * 1024,
    }
  } catch (error) {
    if (isMissing(error)) return { cpuSeconds: 0, memory: 0 }
    throw error
  }
}

/** The time that this machine's cores were busy since it started, for whomever. */
export async function busySeconds(): Promise<number> {
  const [first = ''] = (await readFile('/proc/stat', 'utf8')).split('\n')
  const [user = 0, nice = 0, system = 0, , , irq = 0, softirq = 0] = first
    .trim()
    .split(/\s+/)
    .slice(1)
    .map(Number)
  return (user + nice + system + irq + softirq) / ticksPerSecond
}

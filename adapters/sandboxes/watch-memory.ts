import { readFileSync } from 'node:fs'

/** With less than this share of the machine's memory left, a box that no group holds is ended, whatever it seems to use. */
const leastLeft = 0.05

/** Whether processes that the kernel does not hold to their memory use more than they may, or the machine runs out of it. */
export function usesTooMuchMemory(pids: readonly number[], limit: number): boolean {
  if (machineRunsOut()) return true
  const resident = sum(pids, (pid) => fields(`/proc/${pid}/status`, ['RssAnon', 'RssShmem']))
  // Counted so, what processes share counts for each of them; the exact count is dearer.
  return resident > limit && sum(pids, (pid) => fields(`/proc/${pid}/smaps_rollup`, ['Pss'])) > limit
}

function machineRunsOut(): boolean {
  const available = fields('/proc/meminfo', ['MemAvailable'])
  const total = fields('/proc/meminfo', ['MemTotal'])
  return available > 0 && available < total * leastLeft
}

function sum(pids: readonly number[], of: (pid: number) => number): number {
  return pids.reduce((total, pid) => total + of(pid), 0)
}

/** The sum of some fields of a file of /proc, in bytes; 0 where it cannot be read. */
function fields(file: string, names: readonly string[]): number {
  try {
    const text = readFileSync(file, 'latin1')
    return names.reduce((total, name) => {
      const kilobytes = new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(text)?.[1]
      return total + Number(kilobytes ?? 0) * 1024
    }, 0)
  } catch {
    return 0
  }
}

import { readdirSync, readFileSync, statSync } from 'node:fs'

/** Process ids of everything below this process, as /proc tells it; empty where there is no /proc. */
export function descendants(root: number): number[] {
  const children = new Map<number, number[]>()
  for (const pid of allProcesses()) {
    const parent = parentOf(pid)
    if (parent === null) continue
    const siblings = children.get(parent)
    if (siblings) siblings.push(pid)
    else children.set(parent, [pid])
  }
  const found: number[] = []
  const queue = [root]
  for (let pid = queue.pop(); pid !== undefined; pid = queue.pop()) {
    const below = children.get(pid) ?? []
    found.push(...below)
    queue.push(...below)
  }
  return found
}

/** Whether this process runs; one that has ended and waits to be collected does not. */
export function isRunning(pid: number): boolean {
  const fields = statOf(pid)
  return fields !== null && fields[0] !== 'Z' && fields[0] !== 'X'
}

/** Sends a signal to each; one that is gone already is no error. */
export function signalAll(pids: readonly number[], signal: NodeJS.Signals): void {
  for (const pid of pids) {
    try {
      process.kill(pid, signal)
    } catch {
      // Gone, or never ours.
    }
  }
}

/** How many threads the processes of this user have now. */
export function threadsOfUser(uid: number): number {
  let threads = 0
  for (const pid of allProcesses()) {
    if (statSync(`/proc/${pid}`, { throwIfNoEntry: false })?.uid === uid)
      threads += Number(statOf(pid)?.[17] ?? 0)
  }
  return threads
}

/** Every process id that /proc lists. */
export function allProcesses(): number[] {
  try {
    return readdirSync('/proc').filter(isNumber).map(Number)
  } catch {
    return []
  }
}

function isNumber(name: string): boolean {
  return /^\d+$/.test(name)
}

function parentOf(pid: number): number | null {
  const parent = statOf(pid)?.[1]
  return parent === undefined ? null : Number(parent)
}

/** The fields of /proc/PID/stat behind the name, which may hold spaces and parentheses: state, parent, …, threads. */
function statOf(pid: number): string[] | null {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'latin1')
    return text.slice(text.lastIndexOf(')') + 2).split(' ')
  } catch {
    return null
  }
}

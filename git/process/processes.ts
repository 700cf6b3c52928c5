import { readdir, readFile } from 'node:fs/promises'

/** When a process began, in the kernel's own unit; null where the system does not tell. */
export async function startOf(pid: number): Promise<string | null> {
  const line = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => null)
  // The second field is the program's name in parentheses and may hold spaces and parentheses itself.
  return line?.slice(line.lastIndexOf(')') + 2).split(' ')[19] ?? null
}

/** Whether that very process still runs; a later one with the same number does not count. */
export async function isAlive(pid: number, started: string | null): Promise<boolean> {
  try {
    process.kill(pid, 0)
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM'
  }
  if (started === null) return true
  const now = await startOf(pid)
  return now === null || now === started
}

/**
 * Whether a git process of ours runs in this repository: all of them carry its GIT_DIR. Null where the system does not
 * show environments. A worker's death leaves its git processes alive for a while, and their locks are in use.
 */
export async function hasGitProcess(gitDir: string): Promise<boolean | null> {
  const entries = await readdir('/proc').catch(() => null)
  if (!entries) return null
  const mark = Buffer.from(`\0GIT_DIR=${gitDir}\0`)
  for (const pid of entries.filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)) {
    const environment = await readFile(`/proc/${pid}/environ`).catch(() => null)
    if (environment && Buffer.concat([Buffer.from('\0'), environment]).includes(mark)) return true
  }
  return false
}

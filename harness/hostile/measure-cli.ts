import { spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { cliEntry } from './hostile-case.ts'

export interface Measured {
  readonly code: number | null
  readonly words: string
  /** The most memory that the process itself took, in bytes; 0 where the system does not tell. */
  readonly peak: number
}

const longestMs = 120_000

/** Runs the command line and watches its memory; the git processes that it starts are not counted. */
export async function measureCli(argv: readonly string[]): Promise<Measured> {
  const child = spawn(process.execPath, [cliEntry, ...argv], { stdio: ['ignore', 'pipe', 'pipe'] })
  let words = ''
  let peak = 0
  const hear = (chunk: Buffer) => {
    words = `${words}${chunk.toString()}`.slice(-20_000)
  }
  child.stdout.on('data', hear)
  child.stderr.on('data', hear)
  const look = setInterval(() => {
    peak = Math.max(peak, highWater(child.pid))
  }, 20)
  const late = setTimeout(() => child.kill('SIGKILL'), longestMs)
  const code = await new Promise<number | null>((resolve) => child.on('close', resolve))
  clearInterval(look)
  clearTimeout(late)
  return { code, words, peak }
}

/** The kernel's own record of the most memory that a process had. */
function highWater(pid: number | undefined): number {
  try {
    const status = readFileSync(`/proc/${pid}/status`, 'latin1')
    return Number(/^VmHWM:\s+(\d+) kB/m.exec(status)?.[1] ?? 0) * 1024
  } catch {
    return 0
  }
}

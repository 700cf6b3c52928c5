import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { buffer, text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'

const entry = fileURLToPath(new URL('./entry.ts', import.meta.url))

/** What a reader at the other end of a pipe got, and how the CLI ended. */
export interface Piped {
  readonly code: number
  readonly got: Buffer
  /** What was said beside it. */
  readonly err: string
}

export interface PipeOptions {
  readonly cwd: string
  readonly env?: NodeJS.ProcessEnv
  /** A shell command that reads the pipe; one that begins late when left out. */
  readonly reader?: string
  /** `2` has the pipe on stderr, and stdout thrown away. */
  readonly stream?: 1 | 2
  /** Where stdout goes with `stream: 2`. */
  readonly into?: string
}

/** Runs the CLI as a process of its own that writes into a real pipe, which holds 64 KB until somebody reads. */
export async function runIntoPipe(argv: readonly string[], options: PipeOptions): Promise<Piped> {
  const { cwd, env = {}, reader = 'sleep 0.7; cat', stream = 1, into = '/dev/null' } = options
  const redirect = stream === 1 ? '' : `2>&1 >${into}`
  const script = `{ "$@" ${redirect}; echo $? >&3; } | { ${reader}; }`
  const child = spawn('bash', ['-c', script, 'bash', process.execPath, entry, ...argv], {
    cwd,
    env: { PATH: process.env.PATH, HOME: cwd, ...env },
    stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
  })
  const codes = child.stdio[3] as NodeJS.ReadableStream
  const [got, err, code] = await Promise.all([
    buffer(child.stdout as NodeJS.ReadableStream),
    text(child.stderr as NodeJS.ReadableStream),
    text(codes),
    once(child, 'close'),
  ])
  return { code: Number(code), got, err }
}

/** More than a pipe holds. */
export const pipeSize = 65_536

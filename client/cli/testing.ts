import type { Host } from './context.ts'
import { runCli } from './run-cli.ts'

/** What a run of the CLI left behind. */
export interface Ran {
  readonly code: number
  readonly out: string
  readonly err: string
}

export interface RunOptions {
  readonly cwd: string
  readonly env?: NodeJS.ProcessEnv
  readonly signal?: AbortSignal
}

/** Runs the CLI in this process, on streams that are kept. */
export async function runHere(argv: readonly string[], options: RunOptions): Promise<Ran> {
  const out: string[] = []
  const err: string[] = []
  const host: Host = {
    cwd: options.cwd,
    env: { HOME: options.cwd, ...options.env },
    signal: options.signal ?? new AbortController().signal,
    stdoutIsTty: false,
    stderrIsTty: false,
    stdinIsTty: false,
    columns: 100,
    now: () => new Date(),
    writeOut: (text) => void out.push(text),
    writeError: (text) => void err.push(text),
  }
  const code = await runCli(argv, host)
  return { code, out: out.join(''), err: err.join('') }
}

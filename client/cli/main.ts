import type { Host } from './context.ts'
import { runCli } from './run-cli.ts'

/** Runs the CLI on this process's arguments, streams and signals; resolves to the exit code. */
export async function main(): Promise<number> {
  const interrupt = new AbortController()
  const signalled = new Promise<number>((resolve) => {
    const onSignal = (code: number): void => {
      // The first signal asks; a command that tidies up gets its time. The second one means it.
      if (interrupt.signal.aborted) resolve(code)
      else interrupt.abort(code)
    }
    process.on('SIGINT', () => onSignal(130))
    process.on('SIGTERM', () => onSignal(143))
  })
  const pipeClosed = new Promise<number>((resolve) => {
    for (const stream of [process.stdout, process.stderr]) {
      stream.on('error', (error: NodeJS.ErrnoException) => {
        if (error.code === 'EPIPE') resolve(0)
        else throw error
      })
    }
  })
  return Promise.race([runCli(process.argv.slice(2), processHost(interrupt.signal)), signalled, pipeClosed])
}

function processHost(signal: AbortSignal): Host {
  return {
    cwd: process.cwd(),
    env: process.env,
    signal,
    stdoutIsTty: process.stdout.isTTY === true,
    stderrIsTty: process.stderr.isTTY === true,
    stdinIsTty: process.stdin.isTTY === true,
    columns: process.stderr.columns || 100,
    now: () => new Date(),
    writeOut: (text) => {
      process.stdout.write(text)
    },
    writeError: (text) => {
      process.stderr.write(text)
    },
  }
}

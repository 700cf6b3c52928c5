import { fstatSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { setFlagsFromString } from 'node:v8'
import type { Host } from './context.ts'
import { drained } from './drained.ts'
import { runCli } from './run-cli.ts'

/** How long a reader may take that does not read, once the process was told to end. */
const patienceMs = 10_000

/**
 * Runs the CLI on this process's arguments, streams and signals; resolves to the exit code when all that was written has
 * reached its reader.
 */
export async function main(): Promise<number> {
  // A mirror or a work tree that this makes lies in the data folder, which is for nobody else's eyes.
  process.umask(0o077)
  // V8 doubles its room for new objects up to 100 MB under the churn of a plan, and wins no time by it.
  setFlagsFromString('--semi-space-growth-factor=1')
  const interrupt = new AbortController()
  const told = new Promise<number>((resolve) => {
    interrupt.signal.addEventListener('abort', () => resolve(Number(interrupt.signal.reason)))
  })
  const toldTwice = new Promise<number>((resolve) => {
    const onSignal = (code: number): void => {
      // The first signal asks; a command that tidies up gets its time. The second one means it.
      if (interrupt.signal.aborted) resolve(code)
      else interrupt.abort(code)
    }
    process.on('SIGINT', () => onSignal(130))
    process.on('SIGTERM', () => onSignal(143))
  })
  const outputLost = losingOutput()
  const code = await Promise.race([
    runCli(process.argv.slice(2), processHost(interrupt.signal)),
    toldTwice,
    outputLost,
  ])
  return Promise.race([
    drained([process.stdout, process.stderr]).then(() => code),
    // A reader that has stopped must not keep a process that was told to end.
    interrupt.signal.aborted ? sleep(patienceMs, code, { ref: false }) : told,
    toldTwice,
    outputLost.then((lost) => (code === 0 ? lost : code)),
  ])
}

/** Resolves to an exit code when nobody takes the output any more: 0 where the reader has read enough, as `head` does. */
function losingOutput(): Promise<number> {
  const { stdout, stderr } = process
  return new Promise((resolve) => {
    stdout.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EPIPE') return resolve(0)
      stderr.write(`error: The output could not be written: ${error.message}\n`)
      resolve(1)
    })
    // What is said beside the output may get lost without harm to it, but where both have one reader.
    stderr.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EPIPE' && isSame(stdout.fd, stderr.fd)) resolve(0)
    })
  })
}

function isSame(one: number, other: number): boolean {
  const [first, second] = [fstatSync(one), fstatSync(other)]
  return first.ino === second.ino && first.dev === second.dev
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

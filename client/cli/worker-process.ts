import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { type ErrorCode, errorTable, UndriftError } from '../../domain/errors.ts'
import { type ExitCode, exitCodes } from '../../domain/exit-codes.ts'
import type { Context } from './context.ts'

/** One line of JSON on its stdout. */
export type WorkerEvent = Readonly<Record<string, unknown>> & { readonly event: string }

/** A process of `workers/`, beside this program in its built form or in its sources. */
export interface WorkerProcess {
  /** The first event of this name on its stdout; an error when it ends before. */
  readonly event: (name: string) => Promise<WorkerEvent>
  /** Resolves when it has ended as it was told to; an error when it ended by itself. */
  readonly ended: Promise<ExitCode>
  readonly stop: () => void
}

/**
 * Starts a process of `workers/` that is told to end when the context's signal is aborted. It has a process group of its
 * own: Ctrl-C on the terminal reaches it once, through us, and not a second time as an impatient one.
 */
export function startWorkerProcess(context: Context, argv: readonly string[]): WorkerProcess {
  const extension = import.meta.url.endsWith('.ts') ? 'ts' : 'js'
  const program = fileURLToPath(new URL(`../../workers/main.${extension}`, import.meta.url))
  const child = spawn(process.execPath, [program, ...argv], {
    cwd: context.cwd,
    env: context.env,
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  })
  const events = new Map<string, WorkerEvent>()
  const waiting = new Map<string, (event: WorkerEvent) => void>()
  if (child.stdout) {
    createInterface({ input: child.stdout }).on('line', (line) => {
      const event = parseEventLine(line)
      if (event === null) return context.say(line)
      events.set(event.event, event)
      waiting.get(event.event)?.(event)
    })
  }
  child.stderr?.setEncoding('utf8').on('data', (text: string) => context.host.writeError(text))
  let told = false
  const stop = (): void => {
    told = true
    child.kill('SIGTERM')
  }
  context.signal.addEventListener('abort', stop)
  const ended = ending(child)
    .finally(() => context.signal.removeEventListener('abort', stop))
    .then((exitCode) => {
      if (told || exitCode === exitCodes.ok) return exitCode
      throw endedByItself(exitCode, events.get('error'))
    })
  return {
    ended,
    stop,
    event: (name) => {
      const before = events.get(name)
      if (before !== undefined) return Promise.resolve(before)
      const seen = new Promise<WorkerEvent>((resolve) => waiting.set(name, resolve))
      const gone = ended.then((exitCode) => {
        throw endedByItself(exitCode, events.get('error'))
      })
      return Promise.race([seen, gone])
    },
  }
}

async function ending(child: ChildProcess): Promise<ExitCode> {
  try {
    const [code] = await once(child, 'close')
    return toExitCode(code)
  } catch (error) {
    throw new UndriftError('UNDRIFT_E_INTERNAL', 'The workers could not be started.', { cause: error })
  }
}

/** The codes that a process of ours uses; anything else is a failure of ours. */
function toExitCode(code: unknown): ExitCode {
  return Object.values(exitCodes).find((known) => known === code) ?? exitCodes.internal
}

function parseEventLine(line: string): WorkerEvent | null {
  if (!line.startsWith('{')) return null
  try {
    const value: unknown = JSON.parse(line)
    const isEvent = typeof value === 'object' && value !== null && 'event' in value
    return isEvent && typeof value.event === 'string' ? { ...value, event: value.event } : null
  } catch {
    return null
  }
}

const codeOfExit: ReadonlyMap<ExitCode, ErrorCode> = new Map([
  [exitCodes.usage, 'UNDRIFT_E_USAGE'],
  [exitCodes.unavailable, 'UNDRIFT_E_SERVER'],
  [exitCodes.authentication, 'UNDRIFT_E_AUTH'],
  [exitCodes.busy, 'UNDRIFT_E_BUSY'],
])

/** Why it ended without being told to: in its own words where it gave any. */
function endedByItself(exitCode: ExitCode, event: WorkerEvent | undefined): UndriftError {
  const code = Object.keys(errorTable).find((known): known is ErrorCode => known === event?.code)
  const message = typeof event?.message === 'string' ? event.message : 'The workers ended by themselves.'
  const hint = typeof event?.hint === 'string' ? { hint: event.hint } : {}
  return new UndriftError(code ?? codeOfExit.get(exitCode) ?? 'UNDRIFT_E_INTERNAL', message, hint)
}

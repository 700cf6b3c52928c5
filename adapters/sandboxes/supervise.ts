import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import type { Socket } from 'node:net'
import { constants } from 'node:os'
import { setTimeout as sleep } from 'node:timers/promises'
import { UndriftError } from '../../domain/errors.ts'
import { type LogFile, openLog } from './log-file.ts'
import { type OutputPipe, openOutputPipe } from './output-pipe.ts'
import { signalAll } from './process-tree.ts'
import { closeStrayDescriptors } from './stray-descriptors.ts'
import type { SandboxCommand, SandboxEnd, SandboxLimits, SandboxResult } from './types.ts'
import { watchDisk } from './watch-disk.ts'

/** A box that runs. */
export interface RunningBox {
  readonly child: ChildProcess
  /** Process ids of what runs inside, without what holds the box together. */
  members(): number[]
  /** About how many those are: cheap enough to be asked four times a second. */
  count(): number
  /** Whether it used up its memory. */
  memoryIsUp(): boolean
  /** Ends everything inside at once. */
  kill(): void
  /** Settles when nothing of the box runs any more, and takes down what held it. */
  gone(): Promise<void>
}

/** Starts the box with this descriptor as its stdout and stderr. */
type StartBox = (output: number) => RunningBox

const graceMs = 10_000
const longestTickMs = 250
/** How long a pipe may stay open after everything that could be ended is gone. */
const drainMs = 1_000

type Ending = SandboxEnd | 'aborted' | 'broken'

/** Starts the box, carries its output to the log, holds it to its limits and waits until nothing of it is left. */
export async function supervise(start: StartBox, command: SandboxCommand): Promise<SandboxResult> {
  closeStrayDescriptors()
  const log = openLog(command.log, command.limits.outputBytes)
  try {
    const output = await openOutputPipe()
    try {
      const box = startWith(output, start, command.signal)
      return await watch(box, output.reader, command, log)
    } finally {
      output.reader.destroy()
    }
  } finally {
    log.close()
  }
}

function startWith(output: OutputPipe, start: StartBox, signal: AbortSignal): RunningBox {
  try {
    signal.throwIfAborted()
    return start(output.writer)
  } finally {
    output.closeWriter()
  }
}

async function watch(
  box: RunningBox,
  output: Socket,
  command: SandboxCommand,
  log: LogFile,
): Promise<SandboxResult> {
  const startedAt = performance.now()
  const { child } = box
  const { limits } = command
  let ending: Ending | null = null
  let broken: Error | null = null
  let lastOutput = startedAt
  let lastNotice = Number.NEGATIVE_INFINITY
  let graceTimer: NodeJS.Timeout | undefined
  const disk = watchDisk([command.cwd, command.temporary], limits.diskBytes)

  function end(why: Ending, grace: number): void {
    if (ending !== null) return
    ending = why
    if (grace > 0) {
      signalAll(box.members(), 'SIGTERM')
      graceTimer = setTimeout(() => box.kill(), grace)
    } else {
      box.kill()
    }
  }

  function take(chunk: Buffer): void {
    lastOutput = performance.now()
    try {
      if (log.write(chunk)) {
        notice()
      } else {
        // An unread pipe fills up and holds the flood back without costing anything.
        output.pause()
        end('output-limit', graceMs)
      }
    } catch (error) {
      broken = error as Error
      end('broken', 0)
    }
  }

  function notice(): void {
    if (lastOutput - lastNotice < 1_000) return
    lastNotice = lastOutput
    command.onOutput?.()
  }

  function tick(): void {
    const now = performance.now()
    if (now - startedAt >= limits.timeoutMs) end('time-limit', graceMs)
    else if (now - lastOutput >= limits.idleMs) end('idle-limit', graceMs)
    else if (box.memoryIsUp()) end('memory-limit', 0)
    else if (disk.isOver()) end('disk-limit', 0)
    // A fork bomb has no use for a grace period, and no machine can afford one.
    else if (box.count() > limits.processes) end('process-limit', 0)
  }

  const onAbort = () => end('aborted', graceMs)
  command.signal.addEventListener('abort', onAbort, { once: true })
  output.on('data', take)
  const closed = once(output, 'close').catch(() => {})
  const ticker = setInterval(tick, tickMs(limits))
  try {
    const [code, signal] = await exitOf(child)
    clearInterval(ticker)
    clearTimeout(graceTimer)
    // What was used up between two looks shows afterwards.
    if ((code !== 0 || signal !== null) && box.memoryIsUp()) end('memory-limit', 0)
    await box.gone()
    if (ending !== 'output-limit') await Promise.race([closed, sleep(drainMs, undefined, { ref: false })])
    if (ending === 'aborted') command.signal.throwIfAborted()
    if (broken) throw broken as Error
    if (await disk.settled()) end('disk-limit', 0)
    return result(code, signal, ending as SandboxEnd | null, performance.now() - startedAt)
  } finally {
    clearInterval(ticker)
    clearTimeout(graceTimer)
    command.signal.removeEventListener('abort', onAbort)
  }
}

/** How many threads the kernel lets a box have: far above its processes, because most programs have several. */
export function threadLimit(limits: SandboxLimits): number {
  return Math.max(256, limits.processes * 4)
}

async function exitOf(child: ChildProcess): Promise<[number | null, NodeJS.Signals | null]> {
  try {
    return (await once(child, 'exit')) as [number | null, NodeJS.Signals | null]
  } catch (cause) {
    throw new UndriftError('UNDRIFT_E_SANDBOX', `The sandbox did not start: ${(cause as Error).message}`, {
      cause,
    })
  }
}

/** Short limits, as tests have them, need a closer look than long ones. */
function tickMs(limits: SandboxLimits): number {
  return Math.max(20, Math.min(longestTickMs, limits.timeoutMs / 4, limits.idleMs / 4))
}

function result(
  code: number | null,
  signal: NodeJS.Signals | null,
  ending: SandboxEnd | null,
  milliseconds: number,
): SandboxResult {
  const ended: SandboxEnd | null = ending ?? (signal ? `signal ${signal}` : signalOfCode(code))
  return { exitCode: ended === null ? code : null, ended, milliseconds: Math.round(milliseconds) }
}

/** A shell says by 128 + n that its command was ended by signal n. */
function signalOfCode(code: number | null): SandboxEnd | null {
  const name = Object.entries(constants.signals).find(([, number]) => 128 + number === code)?.[0]
  return name ? `signal ${name}` : null
}

import { type ChildProcess, spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Duplex, PassThrough } from 'node:stream'
import type { GitEnd, GitProcess } from './git-process.ts'

/** One of several git commands that are started together. */
export interface TogetherCommand {
  readonly argv: readonly string[]
  /** A file that takes its output. */
  readonly into?: string
  /** Most bytes that the file may take; the system ends what writes more. */
  readonly most?: number
  /**
   * `none` for a command that may end before it is told that nothing comes: to say so to a stream whose other side is
   * closed is an error, which throws away what nobody has read of it.
   */
  readonly input?: 'none'
}

/** Git processes that wait for whoever needs them. */
export interface Together {
  /** Hands such a process over, once; null where there is none, or none any more. */
  take(command: TogetherCommand): GitProcess | null
  /** Ends those that nobody took, and whatever still runs. */
  close(): Promise<void>
}

export interface TogetherOptions {
  /** An existing folder for what the processes say of themselves. */
  readonly folder: string
  readonly env: Readonly<Record<string, string>>
}

/** The shell names streams with one digit, and the first three are its own. */
const firstStream = 3
export const mostTogether = 10 - firstStream

/**
 * Starts several git processes for the price of one. Starting a process from one as large as a worker costs many
 * milliseconds, in which nothing else goes on: its page tables are copied. So that is done once, for a shell, which is
 * small and starts the others side by side. Invariant: the script holds nothing but digits of ours; every word of a
 * command is a positional parameter.
 */
export function startTogether(commands: readonly TogetherCommand[], options: TogetherOptions): Together {
  if (commands.length > mostTogether) throw new Error(`No more than ${mostTogether} can start together.`)
  const words: string[] = []
  const parameter = (word: string): string => `"\${${words.push(word)}}"`
  const streams = commands.map((_, index) => firstStream + index)
  const parts = commands.map(({ argv, into, most, input }, index) => {
    const stream = firstStream + index
    // A stream that another process holds open, too, would never end.
    const others = streams.filter((other) => other !== stream).map((other) => `${other}>&-`)
    const git = ['git', ...argv.map(parameter)].join(' ')
    const out = into === undefined ? `>&${stream}` : `>${parameter(into)}`
    const [errors, code] = filesOf(options.folder, index).map(parameter)
    const source = input === 'none' ? '</dev/null' : `<&${stream}`
    const run = `${git} ${source} ${out} ${stream}>&- 2>${errors}; echo $? >${code}`
    return `( ${others.length === 0 ? '' : `exec ${others.join(' ')}; `}${fileLimit(most)}${run} ) &`
  })
  const script = [...parts, `exec ${streams.map((stream) => `${stream}>&-`).join(' ')}`, 'wait'].join('\n')
  const child: ChildProcess = spawn('/bin/sh', ['-c', script, 'git', ...words], {
    cwd: options.folder,
    env: options.env,
    detached: true,
    stdio: ['ignore', 'ignore', 'ignore', ...commands.map(() => 'pipe' as const)],
  })
  const isOver = new Promise<void>((resolve) => {
    child.on('exit', () => resolve())
    child.on('error', () => resolve())
  })
  const opened = child.stdio.slice(firstStream).map((stream) => stream as Duplex)
  const waiting = new Map<string, GitProcess>()
  for (const [index, command] of commands.entries()) {
    const process = processOf(child, index, { command, folder: options.folder })
    waiting.set(keyOf(command), process)
  }
  return {
    take(command) {
      // When all have ended, Node throws away what nobody has read of their output.
      if (child.exitCode !== null || child.signalCode !== null) return null
      const found = waiting.get(keyOf(command)) ?? null
      waiting.delete(keyOf(command))
      return found
    },
    async close() {
      if (child.pid !== undefined && child.exitCode === null && child.signalCode === null) {
        try {
          process.kill(-child.pid, 'SIGTERM')
        } catch {
          // All of them ended just now.
        }
      }
      await isOver
      for (const stream of opened) stream.destroy()
    },
  }
}

function processOf(
  child: ChildProcess,
  index: number,
  { command, folder }: { readonly command: TogetherCommand; readonly folder: string },
): GitProcess {
  const stream = child.stdio[firstStream + index] as Duplex
  const end = new Promise<GitEnd>((resolve, reject) => {
    child.on('error', reject)
    // The stream is held open until the code is written.
    stream.on('close', () => resolve(endOf(folder, index)))
  })
  end.catch(() => {})
  stream.on('error', () => {})
  if (command.into !== undefined) stream.resume()
  const stdin = command.input === 'none' ? new PassThrough().resume() : stream
  return { group: child.pid, stdin, stdout: command.into === undefined ? stream : null, end }
}

/** The shell's words for the most that a file may take. Invariant: digits of ours and nothing else. */
export function fileLimit(most: number | undefined): string {
  // In blocks of 512 bytes, as POSIX has it.
  return most === undefined || !Number.isFinite(most) ? '' : `ulimit -f ${Math.ceil(most / 512)}; `
}

function filesOf(folder: string, index: number): readonly [errors: string, code: string] {
  return [join(folder, `process-${index}.err`), join(folder, `process-${index}.code`)]
}

function endOf(folder: string, index: number): GitEnd {
  const [errors, code] = filesOf(folder, index).map((file) => {
    try {
      return readFileSync(file, 'utf8')
    } catch {
      return ''
    }
  }) as [string, string]
  const isTold = /^\d+\n$/.test(code)
  return {
    code: isTold ? Number(code) : 128,
    stderr: isTold ? errors : `${errors}\nended by a signal`.trim(),
  }
}

function keyOf({ argv, into }: TogetherCommand): string {
  return JSON.stringify([argv, into ?? null])
}

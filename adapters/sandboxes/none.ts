import { spawn, spawnSync } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { findProgram } from './find-program.ts'
import { makePidsGroup } from './pids-group.ts'
import { allProcesses, descendants, isRunning, signalAll, threadsOfUser } from './process-tree.ts'
import { type RunningBox, supervise, threadLimit } from './supervise.ts'
import type { Sandbox, SandboxCommand, SandboxResult } from './types.ts'

/** The variable by which a process that left its group is found again. */
const markVariable = 'UNDRIFT_BOX'

/**
 * No box at all, for operators who vouch for the code themselves: a process group with a clean environment and an
 * empty home, held to the same limits. What a command can read and write is everything that the worker can; and
 * where the worker is not root, a process that leaves its session and empties its environment gets away.
 */
export function createNoSandbox(): Sandbox {
  return { kind: 'none', missing: () => Promise.resolve(null), run }
}

async function run(command: SandboxCommand): Promise<SandboxResult> {
  const home = mkdtempSync(join(tmpdir(), 'undrift-home-'))
  try {
    return await supervise((output) => startGroup(command, { home, output }), command)
  } finally {
    removeHome(home)
  }
}

/** Removes the home, read-only folders in it and all: Go's module cache consists of them. */
function removeHome(home: string): void {
  spawnSync('chmod', ['-R', 'u+rwX', home], { stdio: 'ignore' })
  try {
    rmSync(home, { recursive: true, force: true, maxRetries: 3 })
  } catch {
    // It is in the folder for temporary files; the result of the command matters more.
  }
}

function startGroup(command: SandboxCommand, { home, output }: { home: string; output: number }): RunningBox {
  const mark = randomUUID()
  const cage = makePidsGroup(threadLimit(command.limits))
  const enter = cage?.enter ?? userLimit(threadLimit(command.limits))
  const argv = [...enter, '/bin/sh', '-c', command.command]
  const child = spawn(argv[0] as string, argv.slice(1), {
    cwd: command.cwd,
    detached: true,
    env: { ...cleanEnvironment(home), [markVariable]: mark },
    stdio: ['ignore', output, output],
  })
  const group = child.pid
  const guard = group === undefined ? null : startGuard(group, home)

  function related(): number[] {
    return group === undefined ? [] : [group, ...descendants(group)]
  }

  function everything(): number[] {
    return [...new Set([...related(), ...(cage ? cage.members() : marked(mark))])].filter(isRunning)
  }

  function kill(): void {
    if (group !== undefined) signalAll([-group], 'SIGKILL')
    signalAll(everything(), 'SIGKILL')
  }

  return {
    child,
    members: everything,
    count: () => cage?.members().length ?? related().length,
    kill,
    async gone() {
      kill()
      while (everything().length > 0) {
        await sleep(5)
        kill()
      }
      cage?.remove()
      await guard?.dismiss()
    },
  }
}

function cleanEnvironment(home: string): NodeJS.ProcessEnv {
  return { PATH: process.env.PATH ?? '/usr/local/bin:/usr/bin:/bin', HOME: home, LANG: 'C.UTF-8' }
}

interface Guard {
  /** Sends the guard away, because nothing is left for it to end. */
  dismiss(): Promise<void>
}

/** Waits for a word; when the pipe ends without one, the worker is dead, however it died. */
const guarding = 'read -r word && exit; kill -s KILL -- "-$1"; chmod -R u+rwX "$2"; rm -rf "$2"'

/** Starts the process that ends the group and removes its home when this one dies without being able to. */
function startGuard(group: number, home: string): Guard {
  const guard = spawn('/bin/sh', ['-c', guarding, 'sh', `${group}`, home], {
    cwd: '/',
    detached: true,
    env: cleanEnvironment('/'),
    stdio: ['pipe', 'ignore', 'ignore'],
  })
  const ended = new Promise<void>((resolve) => {
    guard.once('exit', () => resolve())
    guard.once('error', () => resolve())
  })
  guard.stdin.on('error', () => {})
  return {
    dismiss() {
      guard.stdin.end('dismissed\n')
      return ended
    },
  }
}

/** The kernel's limit per user, above what this user runs already: there is no namespace that counts from zero. */
function userLimit(threads: number): readonly string[] {
  const prlimit = findProgram('prlimit')
  const uid = process.getuid?.()
  if (prlimit === null || uid === undefined) return []
  const limit = threadsOfUser(uid) + threads
  return [prlimit, `--nproc=${limit}:${limit}`, '--']
}

/** Processes that carry the mark in the environment they were started with. */
function marked(mark: string): number[] {
  const sign = `${markVariable}=${mark}`
  return allProcesses().filter((pid) => {
    try {
      return readFileSync(`/proc/${pid}/environ`, 'latin1').includes(sign)
    } catch {
      return false
    }
  })
}

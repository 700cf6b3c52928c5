import { spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { NetworkRule } from '../../domain/settings.ts'
import { makeBoxGroup } from './box-group.ts'
import { findProgram } from './find-program.ts'
import { allProcesses, descendants, isRunning, signalAll, threadsOfUser } from './process-tree.ts'
import { type RunningBox, supervise, threadLimit } from './supervise.ts'
import type { Sandbox, SandboxCommand, SandboxResult } from './types.ts'
import { usesTooMuchMemory } from './watch-memory.ts'

/** Nothing holds a command to named hosts that has all of the machine's network. */
function unboxed(network: NetworkRule): string | null {
  if (typeof network === 'boolean') return null
  return '`network: { allow: … }` holds only in a box: write `sandbox: bubblewrap`, or leave it out.'
}

/** The variable by which a process that left its group is found again. */
const markVariable = 'UNDRIFT_BOX'

/**
 * No box at all, for operators who vouch for the code themselves: a process group with a clean environment and an
 * empty home, held to the same limits. What a command can read and write is everything that the worker can; and
 * where the worker is not root, a process that leaves its session and empties its environment gets away.
 */
export function createNoSandbox(): Sandbox {
  return { kind: 'none', missing: (network) => Promise.resolve(unboxed(network)), run }
}

function run(command: SandboxCommand): Promise<SandboxResult> {
  return supervise((output) => startGroup(command, output), command)
}

function startGroup(command: SandboxCommand, output: number): RunningBox {
  const mark = randomUUID()
  const home = join(command.temporary, 'home')
  const { memoryBytes } = command.limits
  const cage = makeBoxGroup({ threads: threadLimit(command.limits), memoryBytes })
  const enter = cage?.enter ?? userLimit(threadLimit(command.limits))
  const argv = [...enter, '/bin/sh', '-c', 'umask 022; exec /bin/sh -c "$0"', command.command]
  const child = spawn(argv[0] as string, argv.slice(1), {
    cwd: command.cwd,
    detached: true,
    env: { ...cleanEnvironment(home), ...command.environment, [markVariable]: mark },
    stdio: ['ignore', output, output],
  })
  const group = child.pid
  const guard = group === undefined ? null : startGuard(group)

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
    memoryIsUp: () => (cage?.bindsMemory ? cage.ranOutOfMemory() : usesTooMuchMemory(related(), memoryBytes)),
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
const guarding = 'read -r word && exit; kill -s KILL -- "-$1"'

/** Starts the process that ends the group when this one dies without being able to. */
function startGuard(group: number): Guard {
  const guard = spawn('/bin/sh', ['-c', guarding, 'sh', `${group}`], {
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

import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { lstatSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Readable, Writable } from 'node:stream'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'
import { isMainThread } from 'node:worker_threads'
import { UndriftError } from '../../domain/errors.ts'
import type { NetworkRule } from '../../domain/settings.ts'
import { makeBoxGroup } from './box-group.ts'
import { boxFiles, bubblewrapArguments, descriptors } from './bubblewrap-arguments.ts'
import { findProgram } from './find-program.ts'
import { type BoxNetwork, networkMissing, openBoxNetwork } from './network/box-network.ts'
import { ownKeyring } from './own-keyring.ts'
import { descendants, isRunning } from './process-tree.ts'
import { seccompFilter } from './seccomp-filter.ts'
import { type RunningBox, supervise, threadLimit } from './supervise.ts'
import type { Sandbox, SandboxCommand, SandboxResult } from './types.ts'
import { usesTooMuchMemory } from './watch-memory.ts'

/** Runs commands in bubblewrap: own namespaces, read-only system, nothing of the worker's environment. */
export function createBubblewrap(): Sandbox {
  return { kind: 'bubblewrap', missing, run }
}

/** Tries a box like the real one, because a program that is there may still be too old or not allowed. */
async function missing(network: NetworkRule): Promise<string | null> {
  if (process.platform !== 'linux') return 'bubblewrap runs on Linux only.'
  const program = findProgram('bwrap')
  if (program === null) return 'bubblewrap (the program `bwrap`) is not installed.'
  if (seccompFilter() === null) return `There is no system call filter for the processor ${process.arch}.`
  const trial = [
    ...['--unshare-all', '--unshare-user', '--disable-userns', '--die-with-parent', '--new-session'],
    ...['--cap-drop', 'ALL', '--ro-bind', '/', '/', '--proc', '/proc', '--remount-ro', '/proc'],
    ...['--perms', '1777', '--size', '1048576', '--tmpfs', '/tmp', '--', '/bin/sh', '-c', 'exit 0'],
  ]
  try {
    await promisify(execFile)(program, trial, { env: {}, timeout: 30_000 })
    return await networkMissing(network)
  } catch (error) {
    const words = (error as { stderr?: string }).stderr?.trim() || String(error)
    return `bubblewrap 0.8 or newer must be able to make a box here, and it says: ${words}`
  }
}

async function run(command: SandboxCommand): Promise<SandboxResult> {
  // `--die-with-parent` follows the thread that spawns: a worker thread's end would take the box with it.
  if (!isMainThread)
    throw new UndriftError('UNDRIFT_E_INTERNAL', 'A sandbox must be started from the main thread.')
  refuseLinkedGit(command.cwd)
  refuseLinksInTheWay(command)
  const program = findProgram('bwrap')
  if (program === null) throw new UndriftError('UNDRIFT_E_SANDBOX', 'The program `bwrap` is not on the PATH.')
  const network = await openBoxNetwork(command.network, (asked) => command.onAsked?.(asked))
  try {
    return await runIn(network, program, command)
  } finally {
    await network.close()
  }
}

async function runIn(network: BoxNetwork, program: string, command: SandboxCommand): Promise<SandboxResult> {
  let box: Box | undefined
  const result = await supervise((output) => {
    box = startBox(program, command, { output, network })
    return box
  }, command)
  if (result.ended === null && box && !box.wasMade()) {
    throw new UndriftError(
      'UNDRIFT_E_SANDBOX',
      `bubblewrap could not make the box: ${lastWords(command.log)}`,
    )
  }
  return result
}

/** What bubblewrap said last: nothing else wrote to the log when the command was never started. */
function lastWords(log: string): string {
  return readFileSync(log, 'utf8').trim().slice(-500) || 'it left no words'
}

/** A `.git` that is a link would make some other folder the protected one. */
function refuseLinkedGit(cwd: string): void {
  const git = lstatSync(join(cwd, '.git'), { throwIfNoEntry: false })
  if (git?.isSymbolicLink()) {
    throw new UndriftError('UNDRIFT_E_SANDBOX', `The work tree's .git is a symbolic link: ${cwd}`)
  }
}

/**
 * What is mounted below `/tmp` gets its place in a folder that commands write to. bubblewrap makes that place with the worker's
 * rights, and would follow a link that an earlier command laid there.
 */
function refuseLinksInTheWay({ cwd, readOnly, temporary }: SandboxCommand): void {
  for (const mounted of [cwd, ...readOnly]) {
    if (!mounted.startsWith('/tmp/')) continue
    let at = temporary
    for (const name of mounted.slice('/tmp/'.length).split('/')) {
      at = join(at, name)
      const there = lstatSync(at, { throwIfNoEntry: false })
      if (there === undefined) break
      if (there.isDirectory()) continue
      throw new UndriftError(
        'UNDRIFT_E_SANDBOX',
        `What a command left at ${at} stands in the way of the next box.`,
      )
    }
  }
}

interface Box extends RunningBox {
  /** Whether the command was started at all. */
  wasMade(): boolean
}

function startBox(
  program: string,
  command: SandboxCommand,
  { output, network }: { readonly output: number; readonly network: BoxNetwork },
): Box {
  const { memoryBytes } = command.limits
  const group = makeBoxGroup({ threads: threadLimit(command.limits), memoryBytes })
  // The shell that enters the group adds PWD, so that the environment is emptied behind it again.
  const enter = group ? [...group.enter, '/usr/bin/env', '-i'] : []
  const argv = [
    ...enter,
    ...ownKeyring(),
    ...network.enter,
    program,
    ...bubblewrapArguments(command, network),
  ]
  const child = spawn(argv[0] as string, argv.slice(1), {
    cwd: '/',
    // Empty for bubblewrap itself: what it is started with stays readable inside as /proc/1/environ.
    env: {},
    stdio: ['ignore', output, output, 'pipe', 'pipe', 'pipe', 'pipe', 'pipe', 'pipe', 'pipe'],
  })
  const resolver = network.nameServer === null ? '' : `nameserver ${network.nameServer}\n`
  give(child, descriptors.resolver, resolver)
  give(child, descriptors.filter, seccompFilter() ?? Buffer.alloc(0))
  for (const name of ['passwd', 'group', 'hosts', 'names'] as const)
    give(child, descriptors[name], boxFiles[name])
  const status = readStatus(child)

  function members(): number[] {
    return status.init === null ? [] : descendants(status.init)
  }

  return {
    child,
    members,
    count: () => group?.members().length ?? members().length,
    memoryIsUp() {
      if (group?.bindsMemory) return group.ranOutOfMemory()
      return usesTooMuchMemory(members(), memoryBytes)
    },
    kill() {
      // Killing the first process of the namespace makes the kernel end all the others.
      if (status.init !== null && isRunning(status.init)) process.kill(status.init, 'SIGKILL')
      child.kill('SIGKILL')
    },
    async gone() {
      // The kernel reports the end of the first process only after that of all the others.
      await status.closed
      while (status.init !== null && isRunning(status.init)) await sleep(5)
      group?.remove()
    },
    wasMade: () => status.exited,
  }
}

function give(child: ChildProcess, descriptor: number, text: string | Buffer): void {
  const pipe = pipes(child)[descriptor] as Writable
  // bubblewrap that fails early closes its ends; its own words and exit code say why.
  pipe.on('error', () => {})
  pipe.end(text)
}

interface Status {
  /** The first process of the box's namespace, as this machine counts; null before it is known. */
  readonly init: number | null
  /** Whether the command ran and ended: bubblewrap says so only of a box that it could make. */
  readonly exited: boolean
  /** Resolves when bubblewrap is gone and everything that it said was read. */
  readonly closed: Promise<unknown>
}

/** Follows bubblewrap's status lines: `{ "child-pid": N }` at the start, `{ "exit-code": N }` if the command ran. */
function readStatus(child: ChildProcess): Status {
  const pipe = pipes(child)[descriptors.status] as Readable
  const closed = new Promise((resolve) => pipe.once('close', resolve))
  const status: { init: number | null; exited: boolean } & Status = { init: null, exited: false, closed }
  let text = ''
  pipe.setEncoding('utf8')
  pipe.on('error', () => {})
  pipe.on('data', (chunk: string) => {
    text += chunk
    status.init ??= Number(/"child-pid"\s*:\s*(\d+)/.exec(text)?.[1] ?? Number.NaN) || null
    status.exited ||= /"exit-code"/.test(text)
  })
  return status
}

/** All of the child's pipes; Node's own type names only the first five. */
function pipes(child: ChildProcess): readonly unknown[] {
  return child.stdio
}

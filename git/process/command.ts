import { type ChildProcessByStdio, spawn } from 'node:child_process'
import { closeSync, openSync } from 'node:fs'
import type { Readable, Writable } from 'node:stream'
import { simpleGit } from 'simple-git'
import { UndriftError } from '../../domain/errors.ts'
import type { Mirror } from '../types.ts'
import { nameFullDisk } from './disk.ts'
import { type ConfigEntry, gitEnvironment } from './environment.ts'
import { gitFailure } from './failure.ts'
import { type GitProcess, toGitProcess } from './git-process.ts'
import { limitsAt } from './limits-at.ts'
import { fileLimit, type Together } from './together.ts'

export type { ConfigEntry } from './environment.ts'

/** Where git runs: in a mirror (GIT_DIR is set, nothing is searched for), or in a folder. */
export type Place =
  | (Mirror & { readonly together?: Together })
  | { readonly cwd: string; readonly signal?: AbortSignal | null }

export interface GitOptions {
  /** Variables on top of the hardened environment, such as GIT_INDEX_FILE or GIT_OBJECT_DIRECTORY. */
  readonly env?: Readonly<Record<string, string>>
  readonly config?: readonly ConfigEntry[]
  readonly protocols?: readonly 'file'[]
  /** Exit codes that are answers, not failures; only 0 when left out. */
  readonly okCodes?: readonly number[]
  /** Ends this process in addition to the place's own signal. */
  readonly signal?: AbortSignal
  /** The mode bits that files of git's are made without; this process's own when left out. */
  readonly umask?: number
  /** Never shown in an error's text. */
  readonly secrets?: readonly string[]
}

export interface RunOptions extends GitOptions {
  readonly stdin?: string | Uint8Array
  /** A file that takes what git says, in place of the result: for answers so long that reading them holds others up. */
  readonly into?: string
  /** Most bytes that a file which git writes may take; the system ends git at that. */
  readonly most?: number
  /** Called with the process when it runs. */
  readonly started?: (process: GitProcess) => void
}

export interface GitAnswer {
  readonly stdout: string
  readonly stderr: string
  readonly code: number
}

export interface GitResult {
  /** Paths, messages and blobs are bytes: nothing is decoded here. */
  readonly stdout: Buffer
  readonly stderr: string
  readonly code: number
}

const killAfterMs = 5_000

/**
 * simple-git guards callers who pass a stranger's words on. Ours are argv arrays made here, and what it refuses is
 * exactly our hardening: config from the environment, an empty hooks path, no fsmonitor, no credential helper.
 */
const hardeningIsWanted = {
  allowUnsafeConfigPaths: true,
  allowUnsafeConfigEnvCount: true,
  allowUnsafeHooksPath: true,
  allowUnsafeFsMonitor: true,
  allowUnsafeCredentialHelper: true,
}

/**
 * Asks git one question that is answered in UTF-8 text on stdout; through simple-git.
 * Not for commands that start children (fetch, push), take stdin, answer in bytes or say nothing on success: those
 * are `runGit`'s, because simple-git signals git alone, decodes, and waits 50 ms for an output that never comes.
 * Throws UndriftError by git's words; rethrows the signal's reason when it was aborted.
 */
export async function git(
  place: Place,
  argv: readonly string[],
  options: GitOptions = {},
): Promise<GitAnswer> {
  const env = environmentOf(place, options)
  const signal = signalOf(place, options)
  signal?.throwIfAborted()
  let code = 0
  let stderr = ''
  let stdout: string
  try {
    const client = simpleGit({
      baseDir: folderOf(place),
      ...(signal ? { abort: signal } : {}),
      allowEnvironment: Object.keys(env).filter((name) => name.startsWith('GIT_')),
      completion: { onClose: true, onExit: false },
      unsafe: hardeningIsWanted,
      errors(error, result) {
        code = result.exitCode
        stderr = Buffer.concat(result.stdErr).toString('utf8')
        return error instanceof Error && signal?.aborted ? error : undefined
      },
    })
    stdout = await client.env(env).raw([...argv])
  } catch (error) {
    signal?.throwIfAborted()
    throw new UndriftError('UNDRIFT_E_GIT', `git ${argv[0]} could not be run in ${folderOf(place)}.`, {
      cause: error,
    })
  }
  signal?.throwIfAborted()
  if (!isAnswer(code, options)) throw await failure(place, argv, { code, stderr }, options)
  return { stdout, stderr, code }
}

/**
 * Runs git as a process group of its own, with bytes in and bytes out. An abort ends the whole group.
 * Throws UndriftError by git's words; rethrows the signal's reason when it was aborted.
 */
export async function runGit(
  place: Place,
  argv: readonly string[],
  options: RunOptions = {},
): Promise<GitResult> {
  const signal = signalOf(place, options)
  signal?.throwIfAborted()
  const result = await collect(place, argv, options, signal)
  signal?.throwIfAborted()
  if (!isAnswer(result.code, options)) throw await failure(place, argv, result, options)
  return result
}

/** Starts git in the hardened environment and its own group; the caller owns its streams and its end. */
export function spawnGit(
  place: Place,
  argv: readonly string[],
  options: GitOptions & Pick<RunOptions, 'most'> = {},
) {
  const own = { ...spawnOptions(place, options), stdio: ['pipe', 'pipe', 'pipe'] as ['pipe', 'pipe', 'pipe'] }
  const limit = fileLimit(options.most)
  return withUmask(options.umask, () =>
    limit === ''
      ? spawn('git', [...argv], own)
      : spawn('/bin/sh', ['-c', `${limit}exec git "$@"`, 'git', ...argv], own),
  )
}

/** Starts a shell in the same environment and its own group; the script is ours, and whatever varies is a parameter. */
export function spawnShell(
  place: Place,
  { script, words }: { readonly script: string; readonly words: readonly string[] },
  options: GitOptions = {},
) {
  return spawn('/bin/sh', ['-c', script, ...words], {
    ...spawnOptions(place, options),
    stdio: ['pipe', 'pipe', 'pipe'],
  })
}

/** A child takes the mask over that is set in the moment of its birth, and nothing else can run in that moment. */
function withUmask<T>(umask: number | undefined, start: () => T): T {
  if (umask === undefined) return start()
  const before = process.umask(umask)
  try {
    return start()
  } finally {
    process.umask(before)
  }
}

/** The same, or the process that was started for this together with others, which is what the place's own are for. */
export function startGit(
  place: Place,
  argv: readonly string[],
  options: GitOptions & Pick<RunOptions, 'into' | 'most'> = {},
): GitProcess {
  const { into } = options
  const isPlain = options.env === undefined && options.protocols === undefined && options.signal === undefined
  const started =
    'path' in place && isPlain
      ? place.together?.take({ argv, ...(into === undefined ? {} : { into }) })
      : null
  return (
    started ??
    toGitProcess(
      into === undefined
        ? spawnGit(place, argv, options)
        : spawnInto({ file: into, most: options.most }, { place, argv }, options),
    )
  )
}

function spawnOptions(place: Place, options: GitOptions) {
  return { cwd: folderOf(place), env: environmentOf(place, options), detached: true }
}

/** Git with a file for its output. */
function spawnInto(
  { file, most }: { readonly file: string; readonly most: number | undefined },
  { place, argv }: { readonly place: Place; readonly argv: readonly string[] },
  options: GitOptions,
) {
  const output = openSync(file, 'w')
  try {
    const stdio: ['pipe', number, 'pipe'] = ['pipe', output, 'pipe']
    const script = `${fileLimit(most)}exec git "$@"`
    return spawn('/bin/sh', ['-c', script, 'git', ...argv], {
      ...spawnOptions(place, options),
      stdio,
    }) as ChildProcessByStdio<Writable, null, Readable>
  } finally {
    closeSync(output)
  }
}

/** Ends a process and everything it started: first politely, so that locks are removed, then for certain. */
export function endGroup(pid: number | undefined): void {
  if (pid === undefined) return
  signalGroup(pid, 'SIGTERM')
  setTimeout(() => signalGroup(pid, 'SIGKILL'), killAfterMs).unref()
}

function signalGroup(pid: number, name: 'SIGTERM' | 'SIGKILL'): void {
  try {
    process.kill(-pid, name)
  } catch {
    // The group is gone already.
  }
}

async function collect(
  place: Place,
  argv: readonly string[],
  options: RunOptions,
  signal: AbortSignal | null,
): Promise<GitResult> {
  const process = startGit(place, argv, options)
  const out: Buffer[] = []
  const abort = () => endGroup(process.group)
  signal?.addEventListener('abort', abort, { once: true })
  options.started?.(process)
  process.stdout?.on('data', (chunk: Buffer) => out.push(chunk))
  // Git may end without having read everything; its exit code and words tell why.
  process.stdin.on('error', () => {})
  process.stdin.end(options.stdin ?? '')
  try {
    const { code, stderr } = await process.end
    return { stdout: Buffer.concat(out), stderr, code }
  } catch (cause) {
    const hint = 'Install Git 2.38 or newer, and see that it is on the PATH.'
    throw new UndriftError('UNDRIFT_E_GIT', `git ${argv[0]} could not be started.`, { cause, hint })
  } finally {
    signal?.removeEventListener('abort', abort)
  }
}

function isAnswer(code: number, options: GitOptions): boolean {
  return (options.okCodes ?? [0]).includes(code)
}

function failure(
  place: Place,
  argv: readonly string[],
  result: Pick<GitAnswer, 'code' | 'stderr'>,
  options: GitOptions,
) {
  const { code, stderr } = result
  return nameFullDisk(gitFailure(argv, stderr, { code, secrets: options.secrets ?? [] }), folderOf(place))
}

/** The whole environment of a git process in a place. */
export function environmentOf(place: Place, options: GitOptions): Record<string, string> {
  const home = 'path' in place ? { GIT_DIR: place.path } : {}
  return gitEnvironment({
    // What is larger is neither merged nor held in memory as a whole.
    config: [
      ['core.bigFileThreshold', `${Math.min(limitsAt(place).blobBytes, 1e12)}`],
      ...(options.config ?? []),
    ],
    protocols: options.protocols ?? [],
    variables: { ...home, ...options.env },
  })
}

function folderOf(place: Place): string {
  return 'path' in place ? place.path : place.cwd
}

function signalOf(place: Place, options: GitOptions): AbortSignal | null {
  if (!options.signal) return place.signal ?? null
  return place.signal ? AbortSignal.any([place.signal, options.signal]) : options.signal
}

import type { ChildProcess } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, renameSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { Connection } from '@temporalio/client'
import type { DataFolder } from '../config/data-folder.ts'
import { UndriftError } from '../domain/errors.ts'
import { endChild, endStranger, isOpen, spawnTied } from './child-process.ts'
import { choosePort } from './ports.ts'
import { raiseRetention, registerSearchAttributes } from './prepare-namespace.ts'
import { identityOf, isAlive } from './process-identity.ts'
import { readServerState, removeServerState, writeServerState } from './server-state.ts'

const usualPort = 7233
const usualUiPort = 8233
const namespace = 'default'
const startMs = 60_000
const mostStarts = 3
const stopMs = 10_000
const longestLog = 10 * 1024 * 1024
/** What was confirmed is on the disk, with one flush instead of several. Source: docs/decisions/embedded-server.md. */
const pragmas = ['journal_mode=WAL', 'synchronous=FULL', 'cache_size=-65536']

export interface EmbeddedServerOptions {
  readonly data: DataFolder
  /** The Temporal CLI's path. */
  readonly cli: string
  /** Undefined: the usual one, or a free one where that is taken; 0: any free one. */
  readonly port?: number | undefined
  readonly uiPort?: number | undefined
  readonly signal?: AbortSignal
}

export interface EmbeddedServer {
  readonly address: string
  readonly port: number
  readonly uiPort: number
  readonly uiUrl: string
  readonly pid: number
  /** Resolves when the server is gone, whoever ended it. */
  readonly ended: Promise<void>
  stop(): Promise<void>
}

/**
 * Starts the Temporal server of this data folder and waits until it is ready for work. Where it chose a port itself and the
 * server ended at once, it chooses again: what was free may be taken by another program by then.
 * The caller holds the folder's lock: a server that is still there belongs to a dead one, and is ended first.
 */
export async function startEmbeddedServer(options: EmbeddedServerOptions): Promise<EmbeddedServer> {
  mkdirSync(options.data.temporal, { recursive: true, mode: 0o700 })
  await endOrphan(options.data)
  const isFree = (port: number | undefined) => port === undefined || port === 0
  for (let left = isFree(options.port) || isFree(options.uiPort) ? mostStarts : 1; ; left -= 1) {
    const started = await startOnce(options)
    if (started.kind === 'ready') return started.server
    if (started.kind === 'failed' || left === 1) throw started.error
  }
}

type Started =
  | { readonly kind: 'ready'; readonly server: EmbeddedServer }
  /** `ended`: by itself, before it was ready. */
  | { readonly kind: 'ended' | 'failed'; readonly error: unknown }

async function startOnce(options: EmbeddedServerOptions): Promise<Started> {
  const { data } = options
  const port = await choosePort({ asked: options.port, usual: usualPort })
  const uiPort = await choosePort({ asked: options.uiPort, usual: usualUiPort })
  const log = freshLog(data)
  const child = spawnServer(options, { port, uiPort, log: log.path })
  const ended = once(child, 'exit').then(() => {})
  const address = `127.0.0.1:${port}`
  const uiUrl = `http://127.0.0.1:${uiPort}`
  const identity = identityOf(child.pid ?? 0)
  if (identity) writeServerState(data, { ...identity, address, uiUrl, startedAt: new Date().toISOString() })
  const stop = async () => {
    await endChild(child, stopMs)
    removeServerState(data)
  }
  try {
    await prepare(child, address, { ...options, log })
  } catch (error) {
    const kind = isOpen(child) || options.signal?.aborted ? 'failed' : 'ended'
    await stop()
    return { kind, error }
  }
  return { kind: 'ready', server: { address, port, uiPort, uiUrl, pid: child.pid ?? 0, ended, stop } }
}

/** Ends a server that outlived its supervisor: it would hold the database and the port. */
async function endOrphan(data: DataFolder): Promise<void> {
  const state = readServerState(data)
  if (state !== null && isAlive(state)) await endStranger(state, stopMs)
  removeServerState(data)
}

function spawnServer(
  { data, cli }: EmbeddedServerOptions,
  { port, uiPort, ...to }: { readonly port: number; readonly uiPort: number; readonly log: string },
): ChildProcess {
  const log = openSync(to.log, 'a', 0o600)
  try {
    return spawnTied(
      cli,
      [
        ...['server', 'start-dev', '--ip', '127.0.0.1', '--port', `${port}`, '--ui-port', `${uiPort}`],
        ...['--db-filename', join(data.temporal, 'temporal.db'), '--log-level', 'warn', '--color', 'never'],
        ...['--disable-config-file', '--disable-config-env'],
        // The HTTP API takes what any page in a browser posts: it answers only to a host that nobody can name.
        ...['--dynamic-config-value', `frontend.httpAllowedHosts=["${randomUUID()}.invalid"]`],
        ...pragmas.flatMap((pragma) => ['--sqlite-pragma', pragma]),
      ],
      {
        cwd: data.temporal,
        // Invariant: no secret of the operator enters the server's environment.
        env: { PATH: process.env.PATH, HOME: data.temporal, TZ: process.env.TZ },
        stdio: ['ignore', log, log],
        // A group of its own: Ctrl-C on the terminal ends the workers first.
        detached: true,
        onParentDeath: 'SIGTERM',
      },
    )
  } finally {
    closeSync(log)
  }
}

interface Log {
  readonly path: string
  /** How many bytes others have left in it. */
  readonly from: number
}

/** The server's log; a long one makes room, so that there are never more than two. */
function freshLog(data: DataFolder): Log {
  const path = join(data.temporal, 'server.log')
  const size = existsSync(path) ? statSync(path).size : 0
  if (size <= longestLog) return { path, from: size }
  renameSync(path, `${path}.1`)
  return { path, from: 0 }
}

type Starting = Pick<EmbeddedServerOptions, 'signal'> & { readonly log: Log }

async function prepare(child: ChildProcess, address: string, options: Starting): Promise<void> {
  const connection = await connect(child, address, options)
  try {
    await raiseRetention(connection, namespace)
    await registerSearchAttributes(connection, namespace)
  } finally {
    await connection.close()
  }
}

/** A connection, as soon as the server answers for its namespace. */
async function connect(child: ChildProcess, address: string, { log, signal }: Starting): Promise<Connection> {
  const deadline = Date.now() + startMs
  for (let last: unknown; ; await sleep(100)) {
    signal?.throwIfAborted()
    if (!isOpen(child) || Date.now() > deadline) {
      throw new UndriftError('UNDRIFT_E_SERVER', `The Temporal server did not start: ${lastWords(log)}`, {
        cause: last,
        hint: `See ${log.path}.`,
      })
    }
    const connection = Connection.lazy({ address, connectTimeout: 1_000 })
    try {
      await connection.withDeadline(Date.now() + 2_000, () =>
        connection.workflowService.describeNamespace({ namespace }),
      )
      return connection
    } catch (error) {
      last = error
      await connection.close()
    }
  }
}

/** The last lines of the log; of a panic its own line, and not where in the program it was. */
function lastWords({ path, from }: Log): string {
  try {
    const lines = readFileSync(path).subarray(from).toString('utf8').trim().split('\n')
    return lines.findLast((line) => line.startsWith('panic: ')) ?? lines.slice(-3).join(' ')
  } catch {
    return 'it left no words'
  }
}

import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { Connection, type ConnectionOptions } from '@temporalio/client'
import type { Logger } from 'pino'
import type { DataFolder } from '../config/data-folder.ts'
import { UndriftError } from '../domain/errors.ts'
import type { Role } from '../domain/queues.ts'
import { chosenServer, type ServerAddress } from './connection.ts'
import { type EmbeddedServer, startEmbeddedServer } from './embedded-server.ts'
import type { WorkerEvent } from './events.ts'
import { namelessMs, takeLock } from './lock-file.ts'
import { registerSearchAttributes } from './prepare-namespace.ts'
import { servablePolicy } from './servable-policy.ts'
import { readServerState } from './server-state.ts'
import { findTemporalCli } from './temporal-cli.ts'
import { type Patience, untilSilent } from './until-silent.ts'
import { startWorkerChild, type WorkerChild } from './worker-child.ts'

export interface SuperviseOptions {
  readonly data: DataFolder
  readonly port?: number | undefined
  readonly uiPort?: number | undefined
  readonly env: NodeJS.ProcessEnv
  readonly log: Logger
  /** Takes one line for the person who waits. */
  readonly say: (line: string) => void
  /** Aborted: everything is to end. */
  readonly signal: AbortSignal
  readonly onReady: (event: WorkerEvent) => void
  /** With the embedded server, before it is held to hang. */
  readonly patience?: Patience
}

/** One process with push credentials, and one without any secret that runs untrusted code. */
const processes: readonly (readonly Role[])[] = [['control', 'git'], ['verify']]

const workerStopMs = 20_000
const longestPauseMs = 30_000
/** A process that ran this long was sound: its next restart is immediate again. */
const soundMs = 60_000

/** Runs the embedded server, where none is chosen, and the workers of all roles, until the signal is aborted. */
export async function superviseAll(options: SuperviseOptions): Promise<void> {
  const release = lockData(options.data)
  try {
    // Before a server is started for workers that would refuse to serve.
    servablePolicy({ roles: processes.flat(), data: options.data })
    const chosen = chosenServer(options.env)
    const server = chosen === null ? await keepServer(options) : await useServer(chosen, options)
    try {
      await keepWorkers(server, options)
    } finally {
      await server.stop()
    }
  } finally {
    release()
  }
}

/** Two of these on one data folder would be two servers on one database. */
function lockData(data: DataFolder): () => void {
  const path = join(data.temporal, 'up.lock')
  const lock = takeLock(path)
  if (lock.kind === 'locked') return lock.release
  if (lock.by === null) {
    throw new UndriftError('UNDRIFT_E_BUSY', `The lock ${path} is new and names no process.`, {
      hint: `Try again in ${namelessMs / 1_000} seconds: if it names none by then, it counts as left behind.`,
    })
  }
  const address = readServerState(data)?.address
  const where = address === undefined ? '' : `, with the Temporal server at ${address}`
  throw new UndriftError(
    'UNDRIFT_E_BUSY',
    `The data folder ${data.root} is in use by process ${lock.by.pid}${where}.`,
    { hint: `Use what runs there, or stop process ${lock.by.pid}, or name another folder with --data.` },
  )
}

interface RunningServer {
  readonly address: string
  readonly uiUrl: string | null
  readonly embedded: boolean
  stop(): Promise<void>
}

/** Starts the embedded server and starts it again, on the same ports, whenever it ends by itself or hangs. */
async function keepServer(options: SuperviseOptions): Promise<RunningServer> {
  const { env, say, data, log, signal } = options
  const cli = await findTemporalCli({ env, say, signal })
  let current = await startEmbeddedServer({ data, cli, port: options.port, uiPort: options.uiPort, signal })
  const stopping = new AbortController()
  const first = current

  async function start(): Promise<EmbeddedServer | null> {
    try {
      return await startEmbeddedServer({
        data,
        cli,
        port: first.port,
        uiPort: first.uiPort,
        signal: stopping.signal,
      })
    } catch (error) {
      log.error({ err: error }, 'the Temporal server did not start')
      return null
    }
  }

  /** Waits until the server cannot go on by itself. */
  async function troubleOf(server: EmbeddedServer): Promise<'ended' | 'answers nothing'> {
    const over = new AbortController()
    const signal = AbortSignal.any([stopping.signal, over.signal])
    const ended = server.ended.then(() => 'ended' as const)
    const silent = untilSilent(server.address, { signal, patience: options.patience })
    return Promise.race([ended, silent.then(() => 'answers nothing' as const)]).finally(() => over.abort())
  }

  async function keep(): Promise<void> {
    for (let failures = 0; ; ) {
      const startedAt = Date.now()
      const trouble = await troubleOf(current)
      if (stopping.signal.aborted) return
      log.error({ pid: current.pid }, `the Temporal server ${trouble}; starting it again`)
      if (trouble !== 'ended') await current.stop()
      if (Date.now() - startedAt > soundMs) failures = 0
      for (let next: EmbeddedServer | null = null; next === null; ) {
        await pause(failures++, stopping.signal)
        if (stopping.signal.aborted) return
        next = await start()
        if (next !== null) current = next
      }
    }
  }

  const keeping = keep()
  return {
    address: first.address,
    uiUrl: first.uiUrl,
    embedded: true,
    async stop() {
      stopping.abort()
      await current.stop()
      await keeping
      // One that was being started meanwhile.
      await current.stop()
    },
  }
}

/** Takes a server that somebody else runs; it may have its search attributes already, or not let us register any. */
async function useServer(server: ServerAddress, { log }: SuperviseOptions): Promise<RunningServer> {
  try {
    const connection = await Connection.connect({
      ...(server.options as ConnectionOptions),
      connectTimeout: 10_000,
    })
    await registerSearchAttributes(connection, server.namespace).finally(() => connection.close())
  } catch (error) {
    log.warn(
      { err: error, address: server.address },
      'the search attributes could not be looked up or registered',
    )
  }
  return { address: server.address, uiUrl: null, embedded: false, stop: () => Promise.resolve() }
}

/** Keeps one process per group of roles alive until the signal is aborted, and tells when all of them serve. */
async function keepWorkers(server: RunningServer, options: SuperviseOptions): Promise<void> {
  const children = new Map<string, WorkerChild>()
  let told = false

  function onServing(): void {
    const serving = [...children.values()].filter((child) => child.serves)
    if (told || serving.length < processes.length) return
    told = true
    options.onReady({
      event: 'ready',
      address: server.address,
      uiUrl: server.uiUrl,
      pid: process.pid,
      roles: processes.flat(),
      workers: Object.fromEntries([...children].map(([roles, child]) => [roles, child.pid])),
    })
  }

  await Promise.all(processes.map((roles) => keepWorker(roles, { server, options, children, onServing })))
}

interface WorkerKeeping {
  readonly server: RunningServer
  readonly options: SuperviseOptions
  readonly children: Map<string, WorkerChild>
  readonly onServing: () => void
}

async function keepWorker(
  roles: readonly Role[],
  { server, options, children, onServing }: WorkerKeeping,
): Promise<void> {
  const { data, env, log, signal } = options
  for (let failures = 0; !signal.aborted; ) {
    const startedAt = Date.now()
    const address = server.embedded ? server.address : null
    const child = startWorkerChild({ roles, dataRoot: data.root, address, env, onServing })
    children.set(roles.join(','), child)
    const stop = () => void child.stop(workerStopMs)
    signal.addEventListener('abort', stop, { once: true })
    if (signal.aborted) stop()
    await child.ended
    signal.removeEventListener('abort', stop)
    if (signal.aborted) return
    log.error({ roles: roles.join(','), ...child.end() }, 'a worker process ended; starting it again')
    if (Date.now() - startedAt > soundMs) failures = 0
    await pause(failures++, signal)
  }
}

/** Nothing before the first restart, then longer and longer. */
async function pause(failures: number, signal: AbortSignal): Promise<void> {
  if (failures === 0) return
  await sleep(Math.min(longestPauseMs, 250 * 2 ** failures), undefined, { signal }).catch(() => {})
}

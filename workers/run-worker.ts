import { availableParallelism } from 'node:os'
import { setTimeout as sleep } from 'node:timers/promises'
import {
  makeTelemetryFilterString,
  NativeConnection,
  Runtime,
  Worker,
  type WorkerOptions,
} from '@temporalio/worker'
import type { Logger } from 'pino'
import { createActivities } from '../activities/create-activities.ts'
import type { DataFolder } from '../config/data-folder.ts'
import type { FollowedPolicy } from '../config/load-policy.ts'
import { UndriftError } from '../domain/errors.ts'
import { type Role, taskQueues } from '../domain/queues.ts'
import { sealingCodec } from '../seal/codec.ts'
import { openKeyring } from '../seal/keyring.ts'
import { labelling } from '../seal/labels.ts'
import { refusingUnsigned } from '../seal/refuse-unsigned.ts'
import type { ServerAddress } from './connection.ts'
import { removeOldWorkTrees } from './old-work-trees.ts'
import { refusingBeyond } from './refuse-beyond-policy.ts'
import { servablePolicy } from './servable-policy.ts'
import { temporalLogger } from './temporal-logger.ts'
import { loadWorkflowCode } from './workflow-code.ts'

export interface RunWorkerOptions {
  readonly roles: readonly Role[]
  readonly server: ServerAddress
  readonly data: DataFolder
  /** The file of its policy; absent for `worker.yaml` of the data folder, where there is one. */
  readonly policy?: string | undefined
  /** Where secrets are looked up by name. */
  readonly env: NodeJS.ProcessEnv
  readonly log: Logger
  /** Aborted: no new work is taken, and what runs is given the grace period. */
  readonly signal: AbortSignal
  /** How long running activities may go on before they are cancelled. */
  readonly graceSeconds?: number
  /** Called whenever all roles are served; again after the server was away for long. */
  readonly onReady?: () => void
}

type Capacity = Pick<
  WorkerOptions,
  'maxConcurrentActivityTaskExecutions' | 'maxConcurrentActivityTaskPolls' | 'maxCachedWorkflows'
>

const capacities: Readonly<Record<Role, Capacity>> = {
  // A poll that waits for its next time waits in the server. Those that run wait for feeds: more at once than these help
  // nobody when thousands are due together, as at the first contact or after an outage.
  // A watch whose feed is idle is not run for days: it need not lie in memory, and its short history is soon replayed.
  control: {
    maxConcurrentActivityTaskExecutions: 200,
    maxConcurrentActivityTaskPolls: 10,
    maxCachedWorkflows: 500,
  },
  // Most wait for a remote, a few at a time for each host; what needs the machine itself takes turns.
  git: { maxConcurrentActivityTaskExecutions: 64, maxConcurrentActivityTaskPolls: 2 },
  // Checks are builds and test suites, which use every core themselves.
  verify: {
    maxConcurrentActivityTaskExecutions: availableParallelism() < 4 ? 1 : 2,
    maxConcurrentActivityTaskPolls: 1,
  },
}

const forceSeconds = 120
const longestPauseMs = 5_000
/** Attempts between two lines about a server that is away: about a minute. */
const remindEvery = 12
/** The codes by which a server says that it does not want us: UNAUTHENTICATED and PERMISSION_DENIED. */
const refusals = new Set([16, 7])

/** Serves the roles until the signal is aborted; waits for a server that is away, for as long as it takes. */
export async function runWorker(options: RunWorkerOptions): Promise<void> {
  const { log, signal } = options
  const policy = servablePolicy(options)
  installRuntime(log)
  if (options.roles.includes('verify')) await tidyUp(options)
  const workflows = options.roles.includes('control') ? await loadWorkflowCode(log) : null
  for (let failures = 0; !signal.aborted; failures++) {
    try {
      await serve({ ...options, workflows, limits: policy }, () => {
        failures = 0
        options.onReady?.()
      })
    } catch (error) {
      if (signal.aborted && !isStuck(error)) return
      refuseForGood(error, options.server)
      if (failures % remindEvery === 0) {
        log.warn({ err: error, address: options.server.address }, 'no Temporal server answers; trying again')
      }
      await sleep(Math.min(longestPauseMs, 250 * 2 ** failures), undefined, { signal }).catch(() => {})
    }
  }
}

async function tidyUp({ data, log }: RunWorkerOptions): Promise<void> {
  try {
    const left = await removeOldWorkTrees(data.verify, Date.now())
    if (left.length > 0) log.warn({ folder: data.verify, left }, 'old work trees could not be removed')
  } catch (error) {
    log.warn({ err: error, folder: data.verify }, 'old work trees could not be removed')
  }
}

let installed = false

/** The SDK's runtime is one for the whole process. */
function installRuntime(log: Logger): void {
  if (installed) return
  installed = true
  Runtime.install({
    logger: temporalLogger(log),
    shutdownSignals: [],
    telemetryOptions: {
      logging: { filter: makeTelemetryFilterString({ core: 'WARN', other: 'ERROR' }), forward: {} },
    },
  })
}

type WorkflowCode = Awaited<ReturnType<typeof loadWorkflowCode>>

interface ServeOptions extends RunWorkerOptions {
  readonly workflows: WorkflowCode | null
  readonly limits: FollowedPolicy
}

/** One connection with a worker per role; ends when the signal is aborted or one of them fails. */
async function serve(options: ServeOptions, ready: () => void): Promise<void> {
  const { server, signal } = options
  const connection = await NativeConnection.connect(server.options)
  try {
    await connection.withDeadline(Date.now() + 10_000, () =>
      connection.workflowService.describeNamespace({ namespace: server.namespace }),
    )
    const workers = await Promise.all(
      options.roles.map((role) => createWorker(role, { ...options, connection })),
    )
    const stop = () => {
      for (const worker of workers) if (worker.getState() === 'RUNNING') worker.shutdown()
    }
    const running = workers.map((worker) => worker.run().finally(stop))
    ready()
    signal.addEventListener('abort', stop, { once: true })
    if (signal.aborted) stop()
    const ends = await Promise.allSettled(running)
    signal.removeEventListener('abort', stop)
    for (const end of ends) if (end.status === 'rejected') throw end.reason as Error
  } finally {
    await connection.close().catch(() => {})
  }
}

interface CreateWorkerOptions extends ServeOptions {
  readonly connection: NativeConnection
}

async function createWorker(role: Role, options: CreateWorkerOptions): Promise<Worker> {
  const { connection, server, data, env, workflows, limits, graceSeconds = 30 } = options
  const activities = createActivities({ data, address: server.address, env })[role]
  const ring = openKeyring(
    options.roles.every((each) => each === 'verify') ? 'verify' : 'installation',
    options,
  )
  return Worker.create({
    connection,
    dataConverter: { payloadCodecs: [sealingCodec(ring, 'around')] },
    interceptors: {
      activity: [() => ({ inbound: refusingUnsigned }), () => ({ inbound: refusingBeyond(role, limits) })],
      client: { workflow: [labelling] },
    },
    namespace: server.namespace,
    taskQueue: taskQueues[role],
    activities,
    ...capacities[role],
    ...(role === 'control' && workflows && { workflowBundle: workflows }),
    // A cancellation reaches a step with its next heartbeat that is not held back.
    maxHeartbeatThrottleInterval: '3 s',
    shutdownGraceTime: `${graceSeconds} s`,
    shutdownForceTime: `${graceSeconds + forceSeconds} s`,
  })
}

/** Activities that did not end after they were cancelled: the process must not pretend that all went well. */
function isStuck(error: unknown): boolean {
  return error instanceof Error && error.name === 'GracefulShutdownPeriodExpiredError'
}

/** A server that does not want us will not change its mind by being asked again. */
function refuseForGood(error: unknown, server: ServerAddress): void {
  if (isStuck(error)) throw error
  const code = (error as { code?: unknown }).code
  if (typeof code !== 'number' || !refusals.has(code)) return
  throw new UndriftError(
    'UNDRIFT_E_AUTH',
    `The Temporal server at ${server.address} refused the credentials.`,
    {
      cause: error,
      hint: 'Check the TEMPORAL_* variables or the profile.',
    },
  )
}

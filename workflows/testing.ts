import { randomUUID } from 'node:crypto'
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { Client, Connection, type WorkflowHandle } from '@temporalio/client'
import { bundleWorkflowCode, DefaultLogger, NativeConnection, Runtime, Worker } from '@temporalio/worker'
import type { ControlActivities, GitActivities, VerifyActivities } from '../activities/types.ts'
import { type DataFolder, dataFolder } from '../config/data-folder.ts'
import { taskQueues } from '../domain/queues.ts'
import type { AttemptSettings } from '../domain/settings.ts'
import { makeFolder } from '../git/testing.ts'
import { sealingCodec } from '../seal/codec.ts'
import { openKeyring } from '../seal/keyring.ts'
import { labelling } from '../seal/labels.ts'
import { refusingUnsigned } from '../seal/refuse-unsigned.ts'
import { sealedClient } from '../seal/sealed-client.ts'
import type { startTestServer } from '../workers/testing.ts'
import type { AttemptStatus, WorkflowStatus } from './messages.ts'

type TestServer = Awaited<ReturnType<typeof startTestServer>>

/** Activities whose answers a test decides; what is left out must not be called. */
export interface Script {
  readonly control?: Partial<ControlActivities>
  readonly git?: Partial<GitActivities>
  readonly verify?: Partial<VerifyActivities>
}

export const place = { host: 'build-1', data: null, address: null }
export const oid = (digit: string) => digit.repeat(40)

/** The settings of a fork that no test reaches over the network. */
export const settings: AttemptSettings = {
  upstream: {
    name: 'up',
    git: { name: 'git', url: '/nowhere/up.git', token: null },
    feed: 'http://127.0.0.1:1/releases.atom',
    pollSeconds: 1,
    tags: { prefix: 'v', prereleases: false },
    allow: ['127.0.0.0/8'],
  },
  fork: {
    name: 'mine',
    line: 'main',
    upstream: 'up',
    remotes: [{ name: 'origin', url: '/nowhere/mine.git', token: null }],
    branch: 'main',
    verify: {
      commands: ['true'],
      network: false,
      timeoutSeconds: 60,
      idleSeconds: 60,
      outputBytes: 1_000_000,
      processes: 64,
    },
    sandbox: 'none',
    publish: { candidate: 'undrift/candidate/{tag}', to: ['origin'], push: true },
    committer: { name: 'Undrift', email: 'undrift@localhost' },
  },
}

let bundle: Promise<{ readonly code: string }> | null = null

/** The workflows as one bundle, made once for a test file. */
function workflowBundle(): Promise<{ readonly code: string }> {
  Runtime.install({ logger: new DefaultLogger('ERROR') })
  const workflowsPath = fileURLToPath(new URL('./index.ts', import.meta.url))
  if (!existsSync(workflowsPath)) throw new Error(`There are no workflows at ${workflowsPath}.`)
  const interceptors = fileURLToPath(new URL('./interceptors.ts', import.meta.url))
  bundle ??= bundleWorkflowCode({
    workflowsPath,
    workflowInterceptorModules: [interceptors],
    logger: new DefaultLogger('ERROR'),
  })
  return bundle
}

export interface Stage {
  /** Whoever holds the installation's key. */
  readonly client: Client
  /** Whoever only reaches the server. */
  readonly stranger: Client
  readonly data: DataFolder
  readonly stop: () => Promise<void>
}

/** Runs the real workflows on a real server, with workers for every queue that the script has activities for. */
export async function openStage(server: TestServer, script: Script): Promise<Stage> {
  const workflowCode = await workflowBundle()
  const connection = await NativeConnection.connect({ address: server.address })
  // Kept until the end: who holds the key may look at what was signed when the workers are gone.
  const folder = makeFolder()
  process.once('exit', folder.remove)
  const from = { data: dataFolder(undefined, { XDG_DATA_HOME: folder.path }), env: {} }
  const sealed = {
    dataConverter: { payloadCodecs: [sealingCodec(openKeyring('installation', from), 'around')] },
    interceptors: { activity: [() => ({ inbound: refusingUnsigned })], client: { workflow: [labelling] } },
  }
  const shared = { ...sealed, connection, maxHeartbeatThrottleInterval: 500, shutdownGraceTime: 0 }
  const workers = [
    await Worker.create({
      ...shared,
      taskQueue: taskQueues.control,
      workflowBundle: workflowCode,
      activities: { ...script.control },
    }),
  ]
  for (const role of ['git', 'verify'] as const) {
    const activities = script[role]
    if (activities === undefined) continue
    workers.push(
      await Worker.create({ ...shared, taskQueue: taskQueues[role], activities: { ...activities } }),
    )
  }
  const runs = workers.map((worker) => worker.run())
  const clientConnection = await Connection.connect({ address: server.address })
  return {
    client: sealedClient(clientConnection, 'default', from),
    stranger: new Client({ connection: clientConnection }),
    data: from.data,
    stop: async () => {
      for (const worker of workers) worker.shutdown()
      await Promise.all(runs)
      await connection.close()
      await clientConnection.close()
    },
  }
}

/** Starts an attempt under an id of its own. */
export function startAttempt(
  client: Client,
  overrides: Partial<AttemptSettings['fork']> = {},
): Promise<WorkflowHandle> {
  return client.workflow.start('maintainRelease', {
    workflowId: `maintain/mine/main/${randomUUID()}`,
    taskQueue: taskQueues.control,
    args: [
      {
        settings: { ...settings, fork: { ...settings.fork, ...overrides } },
        release: { tag: 'v2.0.0', publishedAt: null, url: null },
      },
    ],
  })
}

/** Asks for the status until it is as wished. */
export async function until<T extends WorkflowStatus = AttemptStatus>(
  handle: WorkflowHandle,
  wished: (status: T) => boolean,
): Promise<T> {
  while (true) {
    const status = await handle.query<T>('status')
    if (wished(status)) return status
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Connection } from '@temporalio/client'
import { pino } from 'pino'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { dataFolder } from '../config/data-folder.ts'
import { type Role, taskQueues } from '../domain/queues.ts'
import { localServer } from './connection.ts'
import { type EmbeddedServer, startEmbeddedServer } from './embedded-server.ts'
import { runWorker } from './run-worker.ts'
import { findTemporalCli } from './temporal-cli.ts'

const log = pino({ level: 'silent' })

// Servers and workers are started many times here, and the machine may be busy.
vi.setConfig({ testTimeout: 240_000 })

let root: string
let server: EmbeddedServer

beforeEach(async () => {
  root = mkdtempSync(join(tmpdir(), 'undrift-worker-'))
  server = await startServer({ port: 0, uiPort: 0 })
})
afterEach(async () => {
  await server.stop()
  rmSync(root, { recursive: true, force: true })
})

async function startServer(ports: {
  readonly port: number
  readonly uiPort: number
}): Promise<EmbeddedServer> {
  const cli = await findTemporalCli({ env: process.env, say: () => {} })
  return startEmbeddedServer({ data: dataFolder(root), cli, ...ports })
}

function serve(roles: readonly Role[], signal: AbortSignal): Promise<void> {
  const address = localServer(server.address)
  return runWorker({ roles, server: address, data: dataFolder(root), env: {}, log, signal, graceSeconds: 1 })
}

/** How many pollers the server has seen on the queue of this role since it started. */
async function pollers(role: Role): Promise<number> {
  const connection = await Connection.connect({ address: server.address })
  try {
    const request = { namespace: 'default', taskQueue: { name: taskQueues[role] }, taskQueueType: 2 }
    return (await connection.workflowService.describeTaskQueue(request)).pollers?.length ?? 0
  } finally {
    await connection.close()
  }
}

it('goes on with a server that was killed and came back', async () => {
  const controller = new AbortController()
  const serving = serve(['verify'], controller.signal)
  await expect.poll(() => pollers('verify'), { timeout: 120_000 }).toBeGreaterThan(0)
  process.kill(server.pid, 'SIGKILL')
  await server.ended
  server = await startServer(server)
  await expect.poll(() => pollers('verify'), { timeout: 120_000 }).toBeGreaterThan(0)
  controller.abort()
  await serving
})

it('waits for a server that is not there yet, and ends when it is asked to while it waits', async () => {
  await server.stop()
  const waiting = new AbortController()
  const asked = serve(['git'], waiting.signal)
  waiting.abort()
  await asked

  const controller = new AbortController()
  const serving = serve(['git'], controller.signal)
  server = await startServer(server)
  await expect.poll(() => pollers('git'), { timeout: 120_000 }).toBeGreaterThan(0)
  controller.abort()
  await serving
})

it('polls only the queues of its roles', async () => {
  const controller = new AbortController()
  const serving = serve(['git', 'verify'], controller.signal)
  await expect.poll(() => pollers('git'), { timeout: 120_000 }).toBeGreaterThan(0)
  await expect.poll(() => pollers('verify'), { timeout: 120_000 }).toBeGreaterThan(0)
  expect(await pollers('control')).toBe(0)
  controller.abort()
  await serving
})

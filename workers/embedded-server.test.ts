import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Client, Connection } from '@temporalio/client'
import { afterEach, beforeAll, beforeEach, expect, it, vi } from 'vitest'
import { type DataFolder, dataFolder } from '../config/data-folder.ts'
import { type EmbeddedServer, startEmbeddedServer } from './embedded-server.ts'
import { choosePort } from './ports.ts'
import { identityOf, isAlive } from './process-identity.ts'
import { readServerState, writeServerState } from './server-state.ts'
import { findTemporalCli } from './temporal-cli.ts'
import { untilSilent } from './until-silent.ts'

// Servers and workers are started many times here, and the machine may be busy.
vi.setConfig({ testTimeout: 240_000 })

let cli: string
let root: string
let data: DataFolder
let running: EmbeddedServer[]

beforeAll(async () => {
  cli = await findTemporalCli({ env: process.env, say: (line) => process.stderr.write(`${line}\n`) })
}, 900_000)
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'undrift-embedded-'))
  data = dataFolder(root)
  running = []
})
afterEach(async () => {
  for (const server of running) await server.stop()
  rmSync(root, { recursive: true, force: true })
})

async function start(
  options: { readonly port?: number; readonly uiPort?: number; readonly cli?: string } = {},
): Promise<EmbeddedServer> {
  const server = await startEmbeddedServer({ data, cli, port: 0, uiPort: 0, ...options })
  running.push(server)
  return server
}

async function withClient<T>(address: string, act: (client: Client) => Promise<T>): Promise<T> {
  const connection = await Connection.connect({ address })
  try {
    return await act(new Client({ connection }))
  } finally {
    await connection.close()
  }
}

it('answers on loopback with its Web UI, keeps history for 90 days, and knows the search attributes', async () => {
  const server = await start()
  expect(server.address).toMatch(/^127\.0\.0\.1:\d+$/)
  const page = await fetch(server.uiUrl)
  expect(page.status).toBe(200)
  await withClient(server.address, async ({ connection }) => {
    const { config } = await connection.workflowService.describeNamespace({ namespace: 'default' })
    expect(Number(config?.workflowExecutionRetentionTtl?.seconds)).toBe(90 * 24 * 3600)
    const { customAttributes } = await (connection as Connection).operatorService.listSearchAttributes({
      namespace: 'default',
    })
    expect(Object.keys(customAttributes ?? {}).filter((name) => name.startsWith('Undrift'))).toHaveLength(8)
  })
  expect(readServerState(data)).toMatchObject({
    pid: server.pid,
    address: server.address,
    uiUrl: server.uiUrl,
  })
})

/** The real CLI behind a script that dies as if a port had been taken, so many times. */
function dyingCli(times: number): string {
  const path = join(root, 'cli')
  const count = join(root, 'starts')
  const dies = `echo x >> ${count}; if [ $(wc -l < ${count}) -le ${times} ]; then`
  writeFileSync(
    path,
    `#!/bin/sh\n${dies} printf 'panic: no port\\n\\ngoroutine 1\\nmain.main()\\n'; exit 2; fi\nexec ${cli} "$@"\n`,
  )
  chmodSync(path, 0o755)
  return path
}

const starts = () => readFileSync(join(root, 'starts'), 'utf8').split('\n').length - 1

it('chooses other ports where the server ends at once', async () => {
  const server = await start({ cli: dyingCli(1) })
  expect((await fetch(server.uiUrl)).status).toBe(200)
  expect(starts()).toBe(2)
})

it('says what ended it, at once where its ports were named, and after three starts where not', async () => {
  const words = { code: 'UNDRIFT_E_SERVER', message: 'The Temporal server did not start: panic: no port' }
  const never = dyingCli(99)
  await expect(start({ cli: never })).rejects.toMatchObject(words)
  expect(starts()).toBe(3)
  const [port, uiPort] = [await choosePort({ asked: 0, usual: 0 }), await choosePort({ asked: 0, usual: 0 })]
  await expect(start({ cli: never, port, uiPort })).rejects.toMatchObject(words)
  expect(starts()).toBe(4)
})

it('is gone after it was stopped, with its state file, and goes on with its workflows when it is started again', async () => {
  const first = await start()
  await withClient(first.address, (client) =>
    client.workflow.start('kept', { workflowId: 'kept', taskQueue: 'nobody' }),
  )
  await first.stop()
  expect(identityOf(first.pid)).toBeNull()
  expect(readServerState(data)).toBeNull()
  const second = await start({ port: first.port, uiPort: first.uiPort })
  expect(second.address).toBe(first.address)
  await withClient(second.address, async (client) => {
    expect((await client.workflow.getHandle('kept').describe()).status.name).toBe('RUNNING')
  })
})

it('goes on with its workflows after it was killed', async () => {
  const first = await start()
  await withClient(first.address, (client) =>
    client.workflow.start('kept', { workflowId: 'kept', taskQueue: 'nobody' }),
  )
  process.kill(first.pid, 'SIGKILL')
  await first.ended
  const second = await start()
  await withClient(second.address, async (client) => {
    expect((await client.workflow.getHandle('kept').describe()).status.name).toBe('RUNNING')
  })
})

it('is silent when it hangs, and not as long as it answers', async () => {
  const server = await start()
  const patience = { questions: 2, answerMs: 1_000, pauseMs: 10 }
  let isSilent = false
  const silent = untilSilent(server.address, { signal: new AbortController().signal, patience }).then(() => {
    isSilent = true
  })
  await withClient(server.address, async ({ workflow }) => {
    for (let asked = 0; asked < 20; asked++) {
      await expect(workflow.getHandle('none').describe()).rejects.toThrow()
    }
  })
  expect(isSilent).toBe(false)
  process.kill(server.pid, 'SIGSTOP')
  await silent
  const stopped = new AbortController()
  const other = untilSilent(server.address, { signal: stopped.signal })
  stopped.abort()
  await other
})

it('ends the server that a dead supervisor left behind, and takes its ports', async () => {
  const first = await start()
  const orphan = identityOf(first.pid)
  // Nobody stops the first one: for the second start it is a stranger in the state file.
  const second = await start()
  expect(orphan && isAlive(orphan)).toBe(false)
  expect(second.pid).not.toBe(first.pid)
})

it('does not touch a process that only has the number of the one in the state file', async () => {
  const bystander = spawn('sleep', ['1000'])
  try {
    writeServerState(data, {
      pid: bystander.pid ?? 0,
      began: 'long ago',
      address: '127.0.0.1:1',
      uiUrl: 'http://127.0.0.1:2',
      startedAt: new Date(0).toISOString(),
    })
    await start()
    expect(bystander.exitCode).toBeNull()
    expect(bystander.signalCode).toBeNull()
  } finally {
    bystander.kill()
  }
})

it('refuses a port that was asked for and is taken, by name', async () => {
  const taken = createServer().listen(0, '127.0.0.1')
  await once(taken, 'listening')
  const { port } = taken.address() as { port: number }
  await expect(start({ port })).rejects.toMatchObject({
    code: 'UNDRIFT_E_BUSY',
    message: expect.stringContaining(`${port}`),
  })
  taken.close()
})

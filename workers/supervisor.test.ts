import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { Client, Connection } from '@temporalio/client'
import { pino } from 'pino'
import { afterEach, beforeAll, beforeEach, expect, it, vi } from 'vitest'
import { allProcesses, isRunning } from '../adapters/sandboxes/process-tree.ts'
import { dataFolder } from '../config/data-folder.ts'
import { taskQueues } from '../domain/queues.ts'
import { readServerState } from './server-state.ts'
import { superviseAll } from './supervisor.ts'
import { findTemporalCli } from './temporal-cli.ts'
import { startTestServer } from './testing.ts'

interface Ready {
  readonly event: 'ready'
  readonly address: string
  readonly uiUrl: string
  readonly pid: number
  readonly workers: Readonly<Record<string, number>>
}

const secret = 'planted-secret-0815'
const main = fileURLToPath(new URL('./main.ts', import.meta.url))

// Servers and workers are started many times here, and the machine may be busy.
vi.setConfig({ testTimeout: 240_000 })

let cli: string
let root: string
let started: ChildProcess[]

beforeAll(async () => {
  // As the entry of every process of ours does: workers refuse a data folder that others may enter.
  process.umask(0o077)
  cli = await findTemporalCli({ env: process.env, say: (line) => process.stderr.write(`${line}\n`) })
}, 900_000)
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'undrift-up-'))
  started = []
})
afterEach(async () => {
  for (const child of started) child.kill('SIGKILL')
  await expect.poll(ofThisTest, { timeout: 120_000 }).toEqual([])
  rmSync(root, { recursive: true, force: true })
})

/** Every process that has the data folder of this test in its command line. */
function ofThisTest(): number[] {
  return allProcesses().filter((pid) => {
    try {
      return readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(root) && isRunning(pid)
    } catch {
      return false
    }
  })
}

/** An operator's environment with a secret in it, and with nothing that chooses a Temporal server. */
function operatorEnvironment(): NodeJS.ProcessEnv {
  const inherited = Object.entries(process.env).filter(([name]) => !name.startsWith('TEMPORAL_'))
  return { ...Object.fromEntries(inherited), UNDRIFT_TEMPORAL_CLI: cli, UNDRIFT_TEST_TOKEN: secret }
}

/** Starts a process of `main.ts`; its events come line by line. */
function start(
  argv: readonly string[],
  variables: NodeJS.ProcessEnv = {},
): { readonly child: ChildProcess; next(): Promise<unknown> } {
  const child = spawn(process.execPath, [main, '--data', root, ...argv], {
    env: { ...operatorEnvironment(), ...variables },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  started.push(child)
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
  return { child, next: async () => JSON.parse(String((await lines.next()).value)) }
}

async function up(): Promise<{ readonly child: ChildProcess; readonly ready: Ready }> {
  const { child, next } = start(['up', '--port', '0', '--ui-port', '0'])
  const ready = await next()
  expect(ready).toMatchObject({ event: 'ready' })
  return { child, ready: ready as Ready }
}

async function withClient<T>(address: string, act: (client: Client) => Promise<T>): Promise<T> {
  const connection = await Connection.connect({ address })
  try {
    return await act(new Client({ connection }))
  } finally {
    await connection.close()
  }
}

/** How many pollers the server knows of for this role's activities. */
async function pollers(address: string, queue: string): Promise<number> {
  return withClient(address, async ({ connection }) => {
    const request = { namespace: 'default', taskQueue: { name: queue }, taskQueueType: 2 }
    return (await connection.workflowService.describeTaskQueue(request)).pollers?.length ?? 0
  })
}

it('serves every role, keeps secrets from the verify worker and the server, refuses a second one, and ends within seconds', async () => {
  const { child, ready } = await up()
  for (const queue of Object.values(taskQueues)) {
    await expect.poll(() => pollers(ready.address, queue), { timeout: 120_000 }).toBeGreaterThan(0)
  }

  const holding = ofThisTest().filter((pid) =>
    readFileSync(`/proc/${pid}/environ`, 'latin1').includes(secret),
  )
  expect(new Set(holding)).toEqual(new Set([child.pid, ready.workers['control,git']]))
  const verify = readFileSync(`/proc/${ready.workers.verify}/environ`, 'latin1')
  expect(verify).not.toMatch(/(^|\0)HOME=/)

  const second = start(['up'])
  expect(await second.next()).toMatchObject({
    event: 'error',
    code: 'UNDRIFT_E_BUSY',
    message: expect.stringMatching(new RegExp(`process ${child.pid}, .*${ready.address}`)),
  })
  expect(await once(second.child, 'close')).toEqual([6, null])

  child.kill('SIGINT')
  expect(await once(child, 'close')).toEqual([0, null])
  expect(ofThisTest()).toEqual([])
})

it('goes on after everything was killed at once, and after its parts were killed one by one', async () => {
  const first = await up()
  await withClient(first.ready.address, (client) =>
    client.workflow.start('kept', { workflowId: 'kept', taskQueue: 'nobody' }),
  )
  for (const pid of ofThisTest()) process.kill(pid, 'SIGKILL')

  const second = await up()
  await withClient(second.ready.address, async (client) => {
    expect((await client.workflow.getHandle('kept').describe()).status.name).toBe('RUNNING')
  })

  const verify = second.ready.workers.verify ?? 0
  process.kill(verify, 'SIGKILL')
  const server = JSON.parse(readFileSync(join(root, 'temporal', 'server.json'), 'utf8')) as { pid: number }
  process.kill(server.pid, 'SIGKILL')
  await expect
    .poll(() => pollers(second.ready.address, taskQueues.verify).catch(() => 0), { timeout: 120_000 })
    .toBeGreaterThan(0)
  await withClient(second.ready.address, async (client) => {
    expect((await client.workflow.getHandle('kept').describe()).status.name).toBe('RUNNING')
  })
})

it('ends a server that hangs, and goes on with another', async () => {
  const stopping = new AbortController()
  const ready = Promise.withResolvers<string>()
  const lines: string[] = []
  const running = superviseAll({
    data: dataFolder(root),
    port: 0,
    uiPort: 0,
    env: operatorEnvironment(),
    log: pino({}, { write: (line: string) => lines.push(line) }),
    say: () => {},
    signal: stopping.signal,
    onReady: (event) => ready.resolve(event.event === 'ready' ? event.address : ''),
    patience: { questions: 3, answerMs: 5_000, pauseMs: 200 },
  })
  try {
    const address = await ready.promise
    await withClient(address, (client) =>
      client.workflow.start('kept', { workflowId: 'kept', taskQueue: 'nobody' }),
    )
    const { pid } = readServerState(dataFolder(root)) ?? { pid: 0 }
    process.kill(pid, 'SIGSTOP')
    await expect.poll(() => isRunning(pid), { timeout: 120_000 }).toBe(false)
    const isKept = () =>
      withClient(address, async (client) => (await client.workflow.getHandle('kept').describe()).status.name)
    await expect.poll(() => isKept().catch(() => null), { timeout: 120_000 }).toBe('RUNNING')
    expect(lines.join('')).toContain('the Temporal server answers nothing; starting it again')
  } finally {
    stopping.abort()
    await running
  }
})

it('takes its children with it when it is killed, and leaves nothing that blocks the next', async () => {
  const first = await up()
  first.child.kill('SIGKILL')
  await expect.poll(ofThisTest, { timeout: 120_000 }).toEqual([])
  const second = await up()
  second.child.kill('SIGTERM')
  expect(await once(second.child, 'close')).toEqual([0, null])
})

it('ends when the process that started it is killed', async () => {
  const source = `
    import { spawn } from 'node:child_process'
    spawn(process.execPath, ${JSON.stringify([main, 'up', '--data', root, '--port', '0', '--ui-port', '0'])}, {
      detached: true, stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    })`
  const parent = spawn(process.execPath, ['--input-type=module', '-e', source], {
    env: operatorEnvironment(),
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  started.push(parent)
  await once(parent.stdout, 'data')
  expect(ofThisTest().length).toBeGreaterThan(3)
  parent.kill('SIGKILL')
  await expect.poll(ofThisTest, { timeout: 120_000 }).toEqual([])
})

it('starts no server where TEMPORAL_ADDRESS names one, and prepares it for the workers', async () => {
  const server = await startTestServer()
  try {
    const { child, next } = start(['up'], { TEMPORAL_ADDRESS: server.address })
    expect(await next()).toMatchObject({ event: 'ready', address: server.address, uiUrl: null })
    for (const queue of Object.values(taskQueues)) {
      await expect.poll(() => pollers(server.address, queue), { timeout: 120_000 }).toBeGreaterThan(0)
    }
    expect(existsSync(join(root, 'temporal', 'server.json'))).toBe(false)
    child.kill('SIGTERM')
    expect(await once(child, 'close')).toEqual([0, null])
    expect(ofThisTest()).toEqual([])
  } finally {
    await server.stop()
  }
})

it('serves the roles that it is given on the server of the data folder', async () => {
  const { ready } = await up()
  const { child, next } = start(['worker', '--role', 'verify'])
  expect(await next()).toMatchObject({ event: 'ready', address: ready.address, roles: ['verify'] })
  await expect.poll(() => pollers(ready.address, taskQueues.verify), { timeout: 120_000 }).toBe(2)
  child.kill('SIGTERM')
  expect(await once(child, 'close')).toEqual([0, null])
})

it('says which ways there are when no server is named', async () => {
  const { child, next } = start(['worker'])
  expect(await next()).toMatchObject({ event: 'error', code: 'UNDRIFT_E_SERVER' })
  expect(await once(child, 'close')).toEqual([4, null])
})

it('refuses a data folder that it cannot write to', async () => {
  writeFileSync(join(root, 'file'), '')
  const { child, next } = start(['up', '--data', join(root, 'file', 'data')])
  expect(await next()).toMatchObject({ event: 'error', code: 'UNDRIFT_E_USAGE' })
  expect(await once(child, 'close')).toEqual([2, null])
})

it.each([
  [['sideways'], 'no command'],
  [['worker', '--role', 'cook'], 'No such role: cook'],
  [['up', '--port', 'many'], 'Not a number'],
  [['up', '--wrong'], "Unknown option '--wrong'"],
])('refuses %j with exit code 2', async (argv, words) => {
  const { child, next } = start(argv)
  expect(await next()).toMatchObject({
    event: 'error',
    code: 'UNDRIFT_E_USAGE',
    message: expect.stringContaining(words),
  })
  expect(await once(child, 'close')).toEqual([2, null])
})

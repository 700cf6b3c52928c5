import { readdirSync, readFileSync, readlinkSync } from 'node:fs'
import { request } from 'node:http'
import { endianness } from 'node:os'
import { Client, Connection, WorkflowNotFoundError } from '@temporalio/client'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startTestServer } from './testing.ts'

// What any page that the operator opens can send: a POST of `text/plain` needs no leave of the server's.
let server: Awaited<ReturnType<typeof startTestServer>>
let connection: Connection
let client: Client

beforeAll(async () => {
  server = await startTestServer()
  connection = await Connection.connect({ address: server.address })
  client = new Client({ connection })
  await client.workflow.start('nobody', { workflowId: 'waiting', taskQueue: 'nobody' })
}, 600_000)
afterAll(async () => {
  await connection?.close()
  await server?.stop()
})

const start = JSON.stringify({ workflowType: { name: 'maintainRelease' }, taskQueue: { name: 'undrift' } })

interface Answer {
  readonly status: number
  readonly cookies: readonly string[]
}

function send(
  port: number,
  options: { readonly method: string; readonly path: string; readonly headers: Record<string, string> },
): Promise<Answer> {
  return new Promise((resolve) => {
    const sent = request({ host: '127.0.0.1', port, timeout: 10_000, ...options }, (response) => {
      response.resume()
      resolve({ status: response.statusCode ?? 0, cookies: response.headers['set-cookie'] ?? [] })
    })
    // A port that speaks no HTTP hangs up.
    sent.on('error', () => resolve({ status: 0, cookies: [] }))
    sent.on('timeout', () => sent.destroy())
    sent.end(options.method === 'POST' ? start : undefined)
  })
}

/** A POST as a foreign page makes it, to a host name that its owner let point here. */
function postFrom(port: number, host: string, path: string): Promise<Answer> {
  const headers = { Host: host, Origin: 'http://evil.example', 'Content-Type': 'text/plain' }
  return send(port, { method: 'POST', path, headers })
}

interface Listener {
  readonly address: string
  readonly port: number
}

/** What a process listens on, each address as the kernel writes it. Source: proc(5). */
function listenersOf(pid: number): readonly Listener[] {
  const folder = `/proc/${pid}/fd`
  const inodes = new Set(
    readdirSync(folder).flatMap((fd) => /^socket:\[(\d+)\]$/.exec(linkOf(`${folder}/${fd}`))?.[1] ?? []),
  )
  return ['tcp', 'tcp6']
    .flatMap((table) => readFileSync(`/proc/${pid}/net/${table}`, 'utf8').split('\n').slice(1))
    .map((line) => line.trim().split(/\s+/))
    .filter(([, , , state, , , , , , inode]) => state === '0A' && inodes.has(inode ?? ''))
    .map(([, local = '']) => {
      const [address = '', port = ''] = local.split(':')
      return { address, port: Number.parseInt(port, 16) }
    })
}

function portsOf(pid: number): readonly number[] {
  return listenersOf(pid).map(({ port }) => port)
}

function linkOf(path: string): string {
  try {
    return readlinkSync(path)
  } catch {
    return ''
  }
}

function pidOf(port: number): number {
  const holders = readdirSync('/proc').filter((name) => /^\d+$/.test(name))
  for (const pid of holders.map(Number)) {
    try {
      if (portsOf(pid).includes(port)) return pid
    } catch {
      // Somebody else's, or gone.
    }
  }
  throw new Error(`Nobody listens on ${port}.`)
}

async function isThere(workflowId: string): Promise<boolean> {
  try {
    await client.workflow.getHandle(workflowId).describe()
    return true
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return false
    throw error
  }
}

/** 127.0.0.1 in the kernel's words, on a machine of either byte order. */
const loopback = endianness() === 'LE' ? '0100007F' : '7F000001'

it.skipIf(process.platform !== 'linux')('listens on the loopback interface and nowhere else', () => {
  const ports = [server.address, new URL(server.uiUrl).host].map((host) => Number(host.split(':')[1]))
  const listeners = listenersOf(pidOf(ports[1] ?? 0))
  expect(listeners.map(({ port }) => port)).toEqual(expect.arrayContaining(ports))
  expect(listeners.filter(({ address }) => address !== loopback)).toEqual([])
})

describe.skipIf(process.platform !== 'linux')('a foreign page', () => {
  it('gets nothing from any port of the server, under any host name', async () => {
    const ui = Number(new URL(server.uiUrl).port)
    const ports = portsOf(pidOf(ui))
    expect(ports.length).toBeGreaterThan(2)
    for (const port of ports) {
      for (const host of [`127.0.0.1:${port}`, `localhost:${port}`, 'localhost', `rebound.example:${port}`]) {
        const id = `evil-${port}-${host.replaceAll(/\W/g, '-')}`
        const started = await postFrom(port, host, `/api/v1/namespaces/default/workflows/${id}`)
        const signalled = await postFrom(
          port,
          host,
          '/api/v1/namespaces/default/workflows/waiting/signal/approve',
        )
        for (const { status } of [started, signalled]) expect([0, 400, 403, 404, 405]).toContain(status)
        expect(await isThere(id)).toBe(false)
      }
    }
    const { events = [] } = await client.workflow.getHandle('waiting').fetchHistory()
    expect(events?.some((event) => event.workflowExecutionSignaledEventAttributes)).toBe(false)
  })

  it('is told nothing by the Web UI, which itself goes on working', async () => {
    const ui = new URL(server.uiUrl)
    const port = Number(ui.port)
    const own = { Host: ui.host, Origin: ui.origin, 'Content-Type': 'application/json' }
    const page = await send(port, { method: 'GET', path: '/api/v1/settings', headers: own })
    expect(page.status).toBe(200)
    const cookie = page.cookies.find((each) => each.startsWith('_csrf=')) ?? ''
    // No other site's page is sent with it, nor may it read it.
    expect(cookie).toContain('SameSite=Strict')
    const token = /^_csrf=([^;]*)/.exec(cookie)?.[1] ?? ''
    const posted = await send(port, {
      method: 'POST',
      path: '/api/v1/namespaces/default/workflows/own',
      headers: { ...own, Cookie: `_csrf=${token}`, 'X-CSRF-TOKEN': token },
    })
    expect(posted.status).toBe(200)
    expect(await isThere('own')).toBe(true)
  })
})

import { createHmac, randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { type IncomingMessage, request } from 'node:http'
import { connect, type Socket } from 'node:net'
import { text } from 'node:stream/consumers'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createLog } from './log.ts'
import { startWebhookServer, type WebhookOptions, type WebhookServer } from './webhook-server.ts'

const secret = 'canary/secret+of?webhooks'
const body = '{"action":"published","release":{"tag_name":"v1.1.0"}}'

let server: WebhookServer
let hinted: string[]
let lines: string[]

async function start(more: Partial<WebhookOptions> = {}): Promise<void> {
  server = await startWebhookServer({
    listen: { host: '127.0.0.1', port: 0 },
    secrets: new Map([['codex', secret]]),
    hint: async (upstream) => {
      hinted.push(upstream)
      return 'now'
    },
    log: createLog('webhook', { env: {}, write: (line) => void lines.push(line) }),
    now: Date.now,
    ...more,
  })
}

beforeEach(() => {
  hinted = []
  lines = []
})
afterEach(() => server.close())

interface Sent {
  readonly path?: string
  readonly method?: string
  /** Undefined takes one away. */
  readonly headers?: Readonly<Record<string, string | undefined>>
  readonly body?: string | Buffer
}

function sign(bytes: string | Buffer): string {
  return `sha256=${createHmac('sha256', secret).update(bytes).digest('hex')}`
}

async function send(sent: Sent = {}): Promise<{ status: number; text: string; response: IncomingMessage }> {
  const bytes = sent.body ?? body
  const usual = {
    'content-type': 'application/json',
    'x-github-event': 'release',
    'x-github-delivery': randomUUID(),
    'x-hub-signature-256': sign(bytes),
    ...sent.headers,
  }
  const headers = Object.fromEntries(Object.entries(usual).filter(([, value]) => value !== undefined))
  const { port } = server.address
  const { path = '/hooks/codex', method = 'POST' } = sent
  const asked = request({ host: '127.0.0.1', port, path, method, headers })
  asked.end(bytes)
  const [response] = (await once(asked, 'response')) as [IncomingMessage]
  return { status: response.statusCode ?? 0, text: await text(response), response }
}

/** What comes back on a bare connection. */
async function say(...parts: readonly string[]): Promise<string> {
  const socket = connect(server.address.port, '127.0.0.1')
  for (const part of parts) socket.write(part)
  return heard(socket)
}

/** All that came before the connection ended, also where it was cut off in the end. */
function heard(socket: Socket): Promise<string> {
  return new Promise((resolve) => {
    const parts: Buffer[] = []
    socket.on('data', (part) => parts.push(part))
    socket.on('error', () => {})
    socket.on('close', () => resolve(Buffer.concat(parts).toString('utf8')))
  })
}

it('takes a signed delivery for a hint', async () => {
  await start()
  expect(await send()).toMatchObject({ status: 202, text: 'The feed is polled now.\n' })
  expect(hinted).toEqual(['codex'])
})

it('takes what Forgejo, Gitea and GitLab send', async () => {
  await start()
  const digest = sign(body).slice('sha256='.length)
  const none = {
    'x-hub-signature-256': undefined,
    'x-github-event': undefined,
    'x-github-delivery': undefined,
  }
  const forges = [
    { ...none, 'x-forgejo-signature': digest, 'x-forgejo-delivery': randomUUID() },
    { ...none, 'x-gitea-signature': digest, 'x-gitea-delivery': randomUUID() },
    { ...none, 'x-gitlab-token': secret, 'x-gitlab-event-uuid': randomUUID() },
    { ...none, 'x-gitlab-token': secret, 'idempotency-key': randomUUID() },
  ]
  for (const headers of forges) expect(await send({ headers })).toMatchObject({ status: 202 })
  expect(hinted).toHaveLength(forges.length)
})

it('takes a delivery once, also when two come together', async () => {
  await start()
  const headers = { 'x-github-delivery': randomUUID() }
  const both = await Promise.all([send({ headers }), send({ headers })])
  expect(both.map(({ status }) => status).toSorted()).toEqual([200, 202])
  expect(await send({ headers })).toMatchObject({ status: 200, text: 'This delivery was taken before.\n' })
  expect(hinted).toEqual(['codex'])
})

it('lets a delivery come again whose hint was not taken', async () => {
  let fails = true
  await start({
    hint: async () => {
      if (fails) throw new Error('no server answers')
      return 'soon'
    },
  })
  const headers = { 'x-github-delivery': randomUUID() }
  const refused = await send({ headers })
  expect(refused).toMatchObject({ status: 503, text: 'The watch cannot be reached now.\n' })
  expect(refused.response.headers['retry-after']).toBe('60')
  fails = false
  expect(await send({ headers })).toMatchObject({ status: 202 })
})

it("answers GitHub's ping, if it is signed, and polls nothing", async () => {
  await start()
  const headers = { 'x-github-event': 'ping' }
  expect(await send({ headers })).toMatchObject({ status: 200, text: 'The webhook works.\n' })
  expect(await send({ headers: { ...headers, 'x-hub-signature-256': 'sha256=0' } })).toMatchObject({
    status: 401,
  })
  expect(hinted).toEqual([])
})

describe('refused, without a hint and without an echo, is', () => {
  it.each<[string, number, Sent]>([
    ['no signature', 401, { headers: { 'x-hub-signature-256': undefined } }],
    ['another signature', 401, { headers: { 'x-hub-signature-256': sign('{}') } }],
    ['half a signature', 401, { headers: { 'x-hub-signature-256': sign(body).slice(0, 30) } }],
    [
      'an old kind of signature',
      401,
      { headers: { 'x-hub-signature-256': undefined, 'x-hub-signature': 'sha1=echo' } },
    ],
    ['another upstream', 404, { path: '/hooks/echo' }],
    ['no upstream', 404, { path: '/hooks/' }],
    ['another path', 404, { path: '/echo' }],
    ['a path above', 404, { path: '/hooks/../hooks/codex' }],
    ['a path with more', 404, { path: '/hooks/codex/echo' }],
    ['a query', 404, { path: '/hooks/codex?echo' }],
    ['an encoded path', 404, { path: '/hooks/%63odex' }],
    ['a name of JavaScript', 404, { path: '/hooks/constructor' }],
    ['another method', 405, { method: 'GET', body: '' }],
    ['a method that writes', 405, { method: 'PUT' }],
    ['a form', 415, { headers: { 'content-type': 'application/x-www-form-urlencoded' } }],
    ['no type', 415, { headers: { 'content-type': undefined } }],
    ['a type that only begins like it', 415, { headers: { 'content-type': 'application/jsonecho' } }],
    ['a compressed body', 415, { headers: { 'content-encoding': 'gzip' } }],
    ['no delivery id', 400, { headers: { 'x-github-delivery': undefined } }],
    ['an odd delivery id', 400, { headers: { 'x-github-delivery': 'echo echo' } }],
    ['a long delivery id', 400, { headers: { 'x-github-delivery': 'e'.repeat(101) } }],
    ['more than 1 MB', 413, { body: Buffer.alloc(1_000_001, 'e') }],
    [
      'more than 1 MB without saying so',
      413,
      { body: Buffer.alloc(1_000_001, 'e'), headers: { 'transfer-encoding': 'chunked' } },
    ],
  ])('%s', async (_what, status, sent) => {
    await start()
    const answer = await send(sent)
    expect(answer.status).toBe(status)
    expect(answer.text).not.toContain('echo')
    expect(answer.text).toMatch(/^[A-Z][^\n]*\.\n$/)
    expect(hinted).toEqual([])
    expect(lines.join('')).not.toContain('echo')
    if (status === 405) expect(answer.response.headers.allow).toBe('POST')
  })

  it('a body of exactly 1 MB is not', async () => {
    await start()
    expect(await send({ body: Buffer.alloc(1_000_000, ' ') })).toMatchObject({ status: 202 })
  })
})

describe('a bad sender', () => {
  const limits = { bytes: 1_000, headersMilliseconds: 300, requestMilliseconds: 600, connections: 3 }
  const head = 'POST /hooks/codex HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\n'

  it('that is slow with its headers is cut off', async () => {
    await start({ limits })
    expect(await say('POST /hooks/codex HTTP/1.1\r\nhost:')).toContain('408')
  })

  it('that is slow with its body is cut off', async () => {
    await start({ limits })
    expect(await say(`${head}content-length: 100\r\n\r\n`, '{')).toContain('408')
    expect(hinted).toEqual([])
  })

  it('that sends without end is answered, and cut off', async () => {
    await start({ limits })
    const socket = connect(server.address.port, '127.0.0.1')
    socket.write(`${head}transfer-encoding: chunked\r\n\r\n`)
    const pump = setInterval(() => socket.write(`1000\r\n${'x'.repeat(4096)}\r\n`), 5)
    const said = await heard(socket)
    clearInterval(pump)
    expect(said).toContain('HTTP/1.1 413')
  })

  it.each([
    ['no HTTP', 'SSH-2.0-echo\r\n\r\n'],
    ['two lengths', `${head}content-length: 1\r\ncontent-length: 2\r\n\r\n`],
    ['a length and chunks', `${head}content-length: 1\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n`],
    ['huge headers', `${head}x: ${'echo'.repeat(10_000)}\r\n\r\n`],
  ])('that sends %s is refused by HTTP itself', async (_what, sent) => {
    await start({ limits })
    const said = await say(sent)
    expect(said).toMatch(/^HTTP\/1\.1 4\d\d /)
    expect(said).not.toContain('echo')
    expect(hinted).toEqual([])
  })

  it('that goes away is forgotten', async () => {
    await start({ limits })
    const socket = connect(server.address.port, '127.0.0.1')
    socket.write(`${head}content-length: 100\r\n\r\n{`)
    socket.end()
    await once(socket.resume(), 'close')
    expect(await send()).toMatchObject({ status: 202 })
  })

  it('that holds every connection is cut off in time for others', async () => {
    await start({ limits })
    const slow = Array.from({ length: 3 }, () => say('POST /hooks/codex HTTP/1.1\r\nhost:'))
    expect((await Promise.all(slow)).every((answer) => answer.includes('408'))).toBe(true)
    expect(await send()).toMatchObject({ status: 202 })
  })
})

it('writes one line for each delivery, with constant words, and never the secret', async () => {
  await start()
  const delivery = randomUUID()
  await send({ headers: { 'x-github-delivery': delivery } })
  await send({ headers: { 'x-hub-signature-256': undefined, 'x-gitlab-token': `${secret}x` } })
  await send({ headers: { 'x-hub-signature-256': undefined, 'x-gitlab-token': secret } })
  expect(lines.map((line) => line.replace(/^\S+ /, ''))).toEqual([
    `info webhook: a delivery was taken answer="polled" status=202 upstream="codex" delivery="${delivery}"\n`,
    'warn webhook: a delivery was refused answer="signature-wrong" status=401 upstream="codex"\n',
    expect.stringContaining('answer="polled"'),
  ])
  expect(lines.join('')).not.toContain(secret)
})

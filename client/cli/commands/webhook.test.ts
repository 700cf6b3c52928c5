import { createHmac } from 'node:crypto'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { type AddressInfo, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Ran, runHere } from '../testing.ts'

const config = `
upstreams:
  codex: { git: https://git.example.org/codex.git, feed: https://git.example.org/codex.atom, webhook: env:HOOK }
  quiet: { git: https://git.example.org/quiet.git, feed: https://git.example.org/quiet.atom }
forks: {}
`
const secret = 'canary of webhooks'

let folder = ''
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'undrift-webhook-'))
  await writeFile(join(folder, 'undrift.yaml'), config)
  await writeFile(join(folder, 'none.yaml'), config.replace(', webhook: env:HOOK', ''))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

function run(
  args: readonly string[],
  more: { readonly env?: NodeJS.ProcessEnv; readonly signal?: AbortSignal } = {},
): Promise<Ran> {
  const env = more.env ?? { HOOK: secret }
  return runHere(['webhook', '--data', join(folder, 'data'), ...args], { cwd: folder, ...more, env })
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  await once(server.close(), 'close')
  return port
}

describe('the webhook command', () => {
  it.each([['localhost'], ['127.0.0.1:http'], ['127.0.0.1:70000'], ['::1:80'], ['[nonsense]:80']])(
    'takes no address such as %j',
    async (address) => {
      const ran = await run(['--listen', address])
      expect(ran).toMatchObject({ code: 2, out: '' })
      expect(ran.err).toContain(`--listen takes HOST:PORT, not \`${address}\``)
    },
  )

  it('ends with 2 when no upstream has a webhook', async () => {
    const ran = await run(['--config', join(folder, 'none.yaml')])
    expect(ran).toMatchObject({ code: 2 })
    expect(ran.err).toContain('webhook: env:NAME')
  })

  it.each([
    ['', 'env:HOOK (codex) is not set'],
    ['whsec_', 'env:HOOK (codex) begins like a signing token, but holds no key'],
  ])('ends with 5 when the secret is %j', async (value, words) => {
    const ran = await run(['--json'], { env: { HOOK: value } })
    expect(ran.code).toBe(5)
    expect(JSON.parse(ran.out).error).toMatchObject({
      code: 'UNDRIFT_E_SECRET',
      message: expect.stringContaining(words),
    })
  })

  it('ends with 6 when somebody else listens there, and with 2 where nobody can', async () => {
    const other = createServer().listen(0, '127.0.0.1')
    await once(other, 'listening')
    const { port } = other.address() as AddressInfo
    expect(await run(['--listen', `${port}`])).toMatchObject({ code: 6 })
    await once(other.close(), 'close')
    expect(await run(['--listen', `192.0.2.1:${port}`])).toMatchObject({ code: 2 })
  })

  it('listens on the loopback interface until it is told to end, also while no server answers', async () => {
    const port = await freePort()
    const stop = new AbortController()
    const running = run(['--listen', `${port}`, '--json'], { signal: stop.signal })
    const body = '{}'
    const headers = {
      'content-type': 'application/json',
      'x-github-delivery': '1',
      'x-hub-signature-256': `sha256=${createHmac('sha256', secret).update(body).digest('hex')}`,
    }
    const send = (upstream: string) =>
      fetch(`http://127.0.0.1:${port}/hooks/${upstream}`, { method: 'POST', headers, body })
    const first = async (): Promise<Response> => {
      for (;;) {
        const response = await send('codex').catch(() => null)
        if (response !== null) return response
        await pause(20)
      }
    }
    expect((await first()).status).toBe(503)
    expect((await send('quiet')).status).toBe(404)
    stop.abort(130)
    const ran = await running
    expect(ran.code).toBe(130)
    expect(JSON.parse(ran.out)).toEqual({
      version: 1,
      address: `127.0.0.1:${port}`,
      pid: process.pid,
      upstreams: ['codex'],
    })
    expect(ran.err).toContain('a delivery was not passed on')
    expect(ran.err).toContain('No Temporal server runs')
    expect(ran.out + ran.err).not.toContain(secret)
  })
})

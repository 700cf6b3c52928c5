import { createHmac } from 'node:crypto'
import { connect } from 'node:net'
import { createLog } from '../../../client/http/log.ts'
import { startWebhookServer, type WebhookServer } from '../../../client/http/webhook-server.ts'
import { demand, type HostileCase } from '../hostile-case.ts'

const secret = 'a long secret of a webhook'
const body = '{"action":"published"}'
const limits = { bytes: 1_000, headersMilliseconds: 1_000, requestMilliseconds: 2_000, connections: 3 }
const head = 'POST /hooks/codex HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\n'

interface Listening {
  readonly server: WebhookServer
  readonly hinted: () => number
}

/** A webhook server for one attack. */
function atServer(work: (listening: Listening) => Promise<string>): () => Promise<string> {
  return async () => {
    let hints = 0
    const server = await startWebhookServer({
      listen: { host: '127.0.0.1', port: 0 },
      secrets: new Map([['codex', secret]]),
      hint: async () => {
        hints += 1
        return 'now'
      },
      log: createLog('webhook', { env: {}, write: () => {} }),
      now: Date.now,
      limits,
    })
    try {
      return await work({ server, hinted: () => hints })
    } finally {
      await server.close()
    }
  }
}

/** All that came on a bare connection until the server ended it. */
function say(server: WebhookServer, text: string): Promise<string> {
  return new Promise((resolve) => {
    const socket = connect(server.address.port, '127.0.0.1')
    let heard = ''
    socket.on('data', (part) => {
      heard += part.toString()
    })
    socket.on('error', () => {})
    socket.on('close', () => resolve(heard))
    socket.write(text)
  })
}

function delivery(id: string): string {
  const digest = createHmac('sha256', secret).update(body).digest('hex')
  const signed = `x-hub-signature-256: sha256=${digest}\r\nx-github-delivery: ${id}\r\nconnection: close\r\n`
  return `${head}${signed}content-length: ${body.length}\r\n\r\n${body}`
}

/** Whoever reaches the webhook server. */
export const deliveries: readonly HostileCase[] = [
  {
    name: 'webhook sent again',
    tries: 'a delivery that was signed, five times more',
    run: atServer(async ({ server, hinted }) => {
      for (let time = 0; time < 6; time += 1) await say(server, delivery('the-same'))
      demand(hinted() === 1, `${hinted()} polls`)
      return 'This delivery was taken before.'
    }),
  },
  {
    name: 'slow headers',
    tries: 'as many connections as there may be, none of which ends its headers',
    run: atServer(async ({ server }) => {
      const slow = Array.from({ length: limits.connections }, () => say(server, 'POST / HTTP/1.1\r\nhost:'))
      const said = await Promise.all(slow)
      demand(
        said.every((text) => text.includes('408')),
        said.join('\n'),
      )
      demand((await say(server, delivery('after'))).includes('202'), 'nobody else is served afterwards')
      return '408, and others are served'
    }),
  },
  {
    name: 'slow body',
    tries: 'a body of which one byte comes',
    run: atServer(async ({ server, hinted }) => {
      const said = await say(server, `${head}content-length: 100\r\n\r\n{`)
      demand(said.includes('408') && hinted() === 0, said)
      return '408'
    }),
  },
  {
    name: 'large delivery',
    tries: 'a body above the limit',
    run: atServer(async ({ server, hinted }) => {
      const said = await say(
        server,
        `${head}connection: close\r\ncontent-length: 2000\r\n\r\n${'x'.repeat(2_000)}`,
      )
      demand(said.includes('413') && hinted() === 0, said)
      return '413'
    }),
  },
]

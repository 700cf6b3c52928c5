import { once } from 'node:events'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Logger } from 'pino'
import { createDeliveries, type Deliveries } from './deliveries.ts'
import type { Hinted } from './hints.ts'
import { wordsOf } from './log.ts'
import { readBody } from './read-body.ts'
import { checkSignature } from './signature.ts'
import { type AnswerName, answers } from './webhook-answers.ts'

export interface WebhookOptions {
  /** Port 0 for any that is free. */
  readonly listen: { readonly host: string; readonly port: number }
  /** What each upstream's webhooks are signed with. */
  readonly secrets: ReadonlyMap<string, string>
  /** Makes the watch of an upstream look at its feed now or soon; rejects when it cannot be reached. */
  readonly hint: (upstream: string) => Promise<Hinted>
  readonly log: Logger
  readonly now: () => number
  readonly limits?: WebhookLimits
}

export interface WebhookLimits {
  readonly bytes: number
  readonly headersMilliseconds: number
  /** From the first byte of a request to its last. */
  readonly requestMilliseconds: number
  readonly connections: number
}

export interface WebhookServer {
  readonly address: AddressInfo
  readonly close: () => Promise<void>
}

const usualLimits: WebhookLimits = {
  bytes: 1_000_000,
  headersMilliseconds: 5_000,
  requestMilliseconds: 15_000,
  connections: 100,
}

const closeMilliseconds = 2_000

/** How a request is answered, and what is known of it once its signature holds. */
interface Judged {
  readonly answer: AnswerName
  readonly upstream?: string
  readonly delivery?: string
  readonly error?: unknown
}

/** Listens for the webhooks of forges. Whatever they say, the worst that they can do is to make a watch look at its feed. */
export async function startWebhookServer(options: WebhookOptions): Promise<WebhookServer> {
  const limits = options.limits ?? usualLimits
  const deliveries = createDeliveries()
  const server = createServer(
    {
      headersTimeout: limits.headersMilliseconds,
      requestTimeout: limits.requestMilliseconds,
      keepAliveTimeout: limits.headersMilliseconds,
      connectionsCheckingInterval: Math.min(1_000, limits.headersMilliseconds),
    },
    (request, response) => void serve(request, response, { options, limits, deliveries }),
  )
  server.maxConnections = limits.connections
  server.listen(options.listen.port, options.listen.host)
  await once(server, 'listening')
  return { address: server.address() as AddressInfo, close: () => close(server) }
}

interface Surroundings {
  readonly options: WebhookOptions
  readonly limits: WebhookLimits
  readonly deliveries: Deliveries
}

async function serve(
  request: IncomingMessage,
  response: ServerResponse,
  around: Surroundings,
): Promise<void> {
  const { log } = around.options
  try {
    const judged = await judge(request, around)
    respond(request, response, judged.answer)
    report(log, judged)
  } catch (error) {
    // The sender went away, or ran out of time and was told so by the server itself.
    log.info({ reason: codeOf(error) }, 'a delivery broke off')
    response.destroy()
  }
}

/** The checks, the cheap ones first; the payload is never looked into. */
async function judge(
  request: IncomingMessage,
  { options, limits, deliveries }: Surroundings,
): Promise<Judged> {
  const upstream = /^\/hooks\/([a-z0-9._-]+)$/.exec(request.url ?? '')?.[1] ?? ''
  const secret = options.secrets.get(upstream)
  if (secret === undefined) return { answer: 'no-such-hook' }
  if (request.method !== 'POST') return { answer: 'not-a-post', upstream }
  const { headers } = request
  if (!isJson(headers['content-type']) || headers['content-encoding'] !== undefined) {
    return { answer: 'not-json', upstream }
  }
  const body = await readBody(request, limits.bytes)
  if (body === null) return { answer: 'too-large', upstream }
  const verdict = checkSignature({ headers, body }, { secret, now: options.now() })
  if (verdict !== 'valid') return { answer: `signature-${verdict}`, upstream }
  const delivery = deliveryOf(request)
  if (delivery === null) return { answer: 'no-delivery-id', upstream }
  if (headers['x-github-event'] === 'ping') return { answer: 'ping', upstream, delivery }
  if (!deliveries.take(upstream, delivery)) return { answer: 'seen-before', upstream, delivery }
  try {
    const hinted = await options.hint(upstream)
    return { answer: hinted === 'now' ? 'polled' : 'soon', upstream, delivery }
  } catch (error) {
    deliveries.forget(upstream, delivery)
    return { answer: 'not-polled', upstream, delivery, error }
  }
}

function isJson(type: string | undefined): boolean {
  return /^application\/json\s*(?:;|$)/i.test(type ?? '')
}

/** The id that stays the same when a forge sends a delivery again. */
function deliveryOf({ headers }: IncomingMessage): string | null {
  const names = ['webhook-id', 'x-github-delivery', 'x-forgejo-delivery', 'x-gitea-delivery']
  const gitlab = ['idempotency-key', 'x-gitlab-event-uuid']
  const id = [...names, ...gitlab].map((name) => headers[name]).find((value) => value !== undefined)
  return typeof id === 'string' && /^[\w.:-]{1,100}$/.test(id) ? id : null
}

function respond(request: IncomingMessage, response: ServerResponse, name: AnswerName): void {
  const { status, text } = answers[name]
  response.writeHead(status, {
    'content-type': 'text/plain; charset=utf-8',
    'content-length': Buffer.byteLength(text) + 1,
    ...(status === 405 ? { allow: 'POST' } : {}),
    ...(status === 503 ? { 'retry-after': '60' } : {}),
  })
  response.end(request.method === 'HEAD' ? undefined : `${text}\n`)
  // A sender that is cut off while it sends never reads its answer; its time is limited anyway.
  request.resume()
}

function report(log: Logger, { answer, upstream, delivery, error }: Judged): void {
  const { status } = answers[answer]
  const fields = {
    answer,
    status,
    ...(upstream === undefined ? {} : { upstream }),
    ...(delivery === undefined ? {} : { delivery }),
  }
  if (status < 300) log.info(fields, 'a delivery was taken')
  else if (error === undefined) log.warn(fields, 'a delivery was refused')
  else log.error({ ...fields, reason: wordsOf(error) }, 'a delivery was not passed on')
}

function codeOf(error: unknown): string {
  const code: unknown = error instanceof Error && 'code' in error ? error.code : null
  return typeof code === 'string' ? code : 'unknown'
}

/** Answers what has begun, for a moment, and ends. */
async function close(server: Server): Promise<void> {
  const closed = once(server, 'close')
  server.close()
  server.closeIdleConnections()
  const patience = setTimeout(() => server.closeAllConnections(), closeMilliseconds)
  await closed
  clearTimeout(patience)
}

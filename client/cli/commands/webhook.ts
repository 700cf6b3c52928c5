import { once } from 'node:events'
import { isIP } from 'node:net'
import { WorkflowNotFoundError } from '@temporalio/client'
import type { Logger } from 'pino'
import type { Config } from '../../../config/config.ts'
import { UndriftError } from '../../../domain/errors.ts'
import type { ExitCode } from '../../../domain/exit-codes.ts'
import { createHints } from '../../http/hints.ts'
import { createLog, wordsOf } from '../../http/log.ts'
import { webhookSecretProblem } from '../../http/signature.ts'
import { startWebhookServer, type WebhookOptions, type WebhookServer } from '../../http/webhook-server.ts'
import { pollNow } from '../../poll-now.ts'
import { withSession } from '../../session.ts'
import type { CommandInput, CommandResult } from '../command.ts'
import type { Context } from '../context.ts'
import { readConfigOf } from '../read-config.ts'

const usualAddress = '127.0.0.1:8377'
const gapMilliseconds = 10_000
/** Forges wait ten seconds for an answer. */
const signalMilliseconds = 5_000

/** Listens for the webhooks of forges until it is told to end; each is a hint to look at a feed, and no more. */
export async function webhook(context: Context, input: CommandInput): Promise<CommandResult> {
  const listen = readAddress(input.options.listen)
  const secrets = secretsOf(await readConfigOf(context), context.env)
  const log = createLog('webhook', { env: context.env, write: context.host.writeError })
  const hints = createHints({
    poll: (upstream) => askWatch(context, upstream),
    gapMilliseconds,
    onFailure: (upstream, error) =>
      log.error({ upstream, reason: wordsOf(error) }, 'a hint was not passed on'),
  })
  const server = await start({ listen, secrets, hint: hints.hint, log, now: Date.now })
  announce(context, server, { secrets, log })
  if (!context.signal.aborted) await once(context.signal, 'abort')
  hints.stop()
  await server.close()
  return { exitCode: context.signal.reason as ExitCode, text: '', json: null }
}

/** A connection for each hint: they are rare, and the server may have come up elsewhere since the last one. */
function askWatch(context: Context, upstream: string): Promise<void> {
  return withSession(context, async (session) => {
    try {
      const deadline = Date.now() + signalMilliseconds
      await session.client.withDeadline(deadline, () => pollNow(session, upstream))
    } catch (error) {
      if (!(error instanceof WorkflowNotFoundError)) throw error
      throw new UndriftError('UNDRIFT_E_NOT_FOUND', `The upstream ${upstream} is not watched.`, {
        cause: error,
      })
    }
  })
}

/** `HOST:PORT`, `[::1]:PORT`, or a port alone. */
function readAddress(value: unknown): WebhookOptions['listen'] {
  const text = typeof value === 'string' ? value : usualAddress
  const match = /^(?:(?:\[(?<v6>[^\]]+)\]|(?<host>[^:[\]]+)):)?(?<port>\d{1,5})$/.exec(text)
  const { v6, host = '127.0.0.1', port } = match?.groups ?? {}
  if (match !== null && Number(port) <= 65_535 && (v6 === undefined || isIP(v6) === 6)) {
    return { host: v6 ?? host, port: Number(port) }
  }
  throw new UndriftError('UNDRIFT_E_USAGE', `--listen takes HOST:PORT, not \`${text}\`.`, {
    hint: `For example: undrift webhook --listen ${usualAddress}`,
  })
}

function secretsOf(config: Config, env: NodeJS.ProcessEnv): ReadonlyMap<string, string> {
  if (config.webhooks.size === 0) {
    throw new UndriftError('UNDRIFT_E_CONFIG', `No upstream of ${config.path} has a \`webhook\`.`, {
      hint: 'Write `webhook: env:NAME` for the upstreams whose forge sends webhooks.',
    })
  }
  const found = [...config.webhooks].map(([upstream, name]) => {
    const secret = env[name.slice('env:'.length)] ?? ''
    return { upstream, name, secret, problem: webhookSecretProblem(secret) }
  })
  const [first, ...rest] = found.filter(({ problem }) => problem !== null)
  if (first === undefined) return new Map(found.map(({ upstream, secret }) => [upstream, secret]))
  const wrong = [first, ...rest].map(({ upstream, name, problem }) => `${name} (${upstream}) ${problem}`)
  throw new UndriftError('UNDRIFT_E_SECRET', `Secrets of webhooks: ${wrong.join('; ')}.`, {
    hint: 'Set them in the environment of this process.',
  })
}

async function start(options: WebhookOptions): Promise<WebhookServer> {
  try {
    return await startWebhookServer(options)
  } catch (cause) {
    const { host, port } = options.listen
    const code = cause instanceof Error && 'code' in cause ? String(cause.code) : ''
    if (code === 'EADDRINUSE') {
      const message = `Somebody else listens on ${host}:${port}.`
      throw new UndriftError('UNDRIFT_E_BUSY', message, {
        cause,
        hint: 'Name another address with --listen.',
      })
    }
    throw new UndriftError('UNDRIFT_E_USAGE', `${host}:${port} cannot be listened on: ${wordsOf(cause)}.`, {
      cause,
      hint: 'Name an address of this machine, and a port that you may use, with --listen.',
    })
  }
}

function announce(
  context: Context,
  server: WebhookServer,
  { secrets, log }: { readonly secrets: ReadonlyMap<string, string>; readonly log: Logger },
): void {
  const { address: host, port, family } = server.address
  const address = family === 'IPv6' ? `[${host}]:${port}` : `${host}:${port}`
  const upstreams = [...secrets.keys()]
  if (!/^(?:127\.|::1$)/.test(host)) {
    log.warn({ address }, 'webhooks come in without encryption; put a proxy with TLS in front')
  }
  if (context.json) {
    context.print(JSON.stringify({ version: 1, address, pid: process.pid, upstreams }))
    return
  }
  for (const upstream of upstreams) context.print(`http://${address}/hooks/${upstream}`)
  context.say('Listening; stop it with Ctrl-C.')
}

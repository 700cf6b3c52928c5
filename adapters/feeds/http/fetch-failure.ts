import type { FeedReason } from '../types.ts'
import type { FetchFailed, FetchLimits } from './fetch-document.ts'
import { RefusedAddressError } from './guarded-agent.ts'

/** Stops a fetch with its reason code; never leaves the feeds' own code. */
export class FetchFailure extends Error {
  readonly reason: FeedReason
  readonly retryAfterSeconds: number | null

  constructor(
    reason: FeedReason,
    message: string,
    options: { readonly retryAfterSeconds?: number | null } = {},
  ) {
    super(message)
    this.name = 'FetchFailure'
    this.reason = reason
    this.retryAfterSeconds = options.retryAfterSeconds ?? null
  }
}

const timeoutCodes = new Set([
  'UND_ERR_CONNECT_TIMEOUT',
  'UND_ERR_HEADERS_TIMEOUT',
  'UND_ERR_BODY_TIMEOUT',
  'ETIMEDOUT',
])

/** Names what went wrong in a fetch by its reason code, in words that hold no secret. */
export function failureOf(
  error: unknown,
  {
    url,
    timedOut,
    limits,
  }: { readonly url: string; readonly timedOut: boolean; readonly limits: FetchLimits },
): FetchFailed {
  const where = `The feed at ${publicUrl(url)}`
  if (error instanceof FetchFailure) {
    const { reason, message, retryAfterSeconds } = error
    return { kind: 'failed', reason, message: `${where} ${message}.`, retryAfterSeconds }
  }
  const failed = (reason: FeedReason, words: string): FetchFailed => {
    return { kind: 'failed', reason, message: `${where} ${words}.`, retryAfterSeconds: null }
  }
  if (timedOut) return failed('feed-timeout', `takes longer than ${limits.totalMilliseconds / 1000} s`)
  const causes = causesOf(error)
  const refused = causes.find((cause) => cause instanceof RefusedAddressError)
  if (refused) {
    return failed(
      'feed-refused-address',
      `was not contacted: ${refused.message}; network.allow would open it`,
    )
  }
  const code = causes.map(codeOf).findLast((found) => found !== null) ?? null
  if (code?.startsWith('Z_') || code?.startsWith('ERR__ERROR_FORMAT') || code?.startsWith('ERR_BROTLI')) {
    return failed('feed-invalid', `is compressed in a way that cannot be undone (${code})`)
  }
  if (causes.some(isNoHttp))
    return failed('feed-unreachable', 'cannot be reached: what answers speaks no HTTP')
  if (causes.some(isBrokenHttp)) return failed('feed-invalid', 'does not go on as HTTP demands')
  if (code === 'UND_ERR_HEADERS_OVERFLOW')
    return failed('feed-too-large', `sends headers without end (${code})`)
  if (code && timeoutCodes.has(code)) return failed('feed-timeout', `does not answer in time (${code})`)
  return failed('feed-unreachable', code ? `cannot be reached (${code})` : 'cannot be reached')
}

/** The address without what may be a secret: no user, query or fragment. */
export function publicUrl(text: string): string {
  if (!URL.canParse(text)) return 'an address that cannot be read'
  const { protocol, host, pathname } = new URL(text)
  return `${protocol}//${host}${pathname}`.slice(0, 200)
}

/** undici exports neither a class nor a code for what follows. */
function isNoHttp({ name, message }: Error): boolean {
  return name === 'HTTPParserError' && message.includes('Expected HTTP')
}

/** A response that began well: its framing, length or encodings make no sense. */
function isBrokenHttp({ name, message }: Error): boolean {
  return (
    /^(?:HTTPParserError|ResponseContentLengthMismatchError)$/.test(name) || /content-encodings/.test(message)
  )
}

function causesOf(error: unknown): Error[] {
  const causes: Error[] = []
  for (let cause = error; cause instanceof Error && causes.length < 8; cause = cause.cause) causes.push(cause)
  return causes
}

function codeOf(error: Error): string | null {
  const code: unknown = 'code' in error ? error.code : null
  return typeof code === 'string' ? code : null
}

import { type Agent, fetch, type Response } from 'undici'
import type { FeedCursor, FeedReason, LeaveAlone } from '../types.ts'
import { addressRules } from './address-rules.ts'
import { FetchFailure, failureOf } from './fetch-failure.ts'
import { guardedAgent } from './guarded-agent.ts'
import { refusedResponse } from './refused-response.ts'
import { secondsToReset } from './retry-after.ts'

const mostRedirects = 5
/** A longer address is not worth asking a person about. */
const longestMove = 300
const redirectStatuses = new Set([301, 302, 303, 307, 308])
const permanentStatuses = new Set([301, 308])

export interface DocumentRequest {
  readonly url: string
  /** What the caller can read, as an `Accept` header. */
  readonly accept: string
  readonly token?: string | null
  /** How the token is shown: as Git hosts want it, or as APIs do, which is meant when left out. */
  readonly authorization?: 'basic' | 'bearer'
  /** More headers, for every hop. */
  readonly headers?: Readonly<Record<string, string>>
  readonly cursor: FeedCursor | null
  readonly allow: readonly string[]
  readonly signal: AbortSignal
  readonly leaveAlone?: LeaveAlone
}

export interface FetchLimits {
  /** For everything from the first connection to the body's last byte. */
  readonly totalMilliseconds: number
  /** Of the body after decompression. */
  readonly bytes: number
}

/** What a conditional GET brought. The caller's own abort is thrown; everything else is a value. */
export type FetchedDocument =
  | { readonly kind: 'not-modified'; readonly cursor: FeedCursor | null; readonly movedTo?: string }
  | {
      readonly kind: 'document'
      readonly body: Uint8Array
      readonly contentType: string
      /** Where the document was found after redirects. */
      readonly url: string
      readonly cursor: FeedCursor | null
      readonly headers: Pick<Headers, 'get'>
      readonly movedTo?: string
    }
  | FetchFailed

export interface FetchFailed {
  readonly kind: 'failed'
  readonly reason: FeedReason
  readonly message: string
  readonly retryAfterSeconds: number | null
}

/** Gets a document from a server that is not trusted: every hop is checked, and time and size are limited. */
export async function fetchDocument(request: DocumentRequest, limits: FetchLimits): Promise<FetchedDocument> {
  const agent = guardedAgent(addressRules(request.allow))
  const deadline = AbortSignal.timeout(limits.totalMilliseconds)
  const signal = AbortSignal.any([request.signal, deadline])
  try {
    const { response, url, movedTo } = await followRedirects(request, { agent, signal })
    const read = await readResponse(response, { request, url, bytes: limits.bytes })
    return read.kind === 'failed' || movedTo === null ? read : { ...read, movedTo }
  } catch (error) {
    request.signal.throwIfAborted()
    return failureOf(error, { url: request.url, timedOut: deadline.aborted, limits })
  } finally {
    await agent.destroy()
  }
}

async function followRedirects(
  request: DocumentRequest,
  { agent, signal }: { readonly agent: Agent; readonly signal: AbortSignal },
): Promise<{ readonly response: Response; readonly url: URL; readonly movedTo: string | null }> {
  const first = checkedUrl(request.url, undefined)
  let url = first
  let movedTo: string | null = null
  let permanent = true
  // A token in the clear is everybody's, and one that went round by another host leads where that host wants it.
  let token = first.protocol === 'https:' ? (request.token ?? null) : null
  for (let hops = 0; ; hops++) {
    const headers = requestHeaders(request, token)
    const response = await fetch(url, { dispatcher: agent, redirect: 'manual', headers, signal })
    const location = redirectStatuses.has(response.status) ? response.headers.get('location') : null
    if (location === null) return { response, url, movedTo: movedTo === first.href ? null : movedTo }
    if (hops === mostRedirects) {
      throw new FetchFailure('feed-redirects', `redirects more than ${mostRedirects} times`)
    }
    url = checkedUrl(location, url)
    if (url.origin !== first.origin) token = null
    // What lies behind a redirect for the time being is for the time being, too.
    permanent &&= permanentStatuses.has(response.status)
    if (permanent && url.href.length <= longestMove) movedTo = url.href
  }
}

async function readResponse(
  response: Response,
  { request, url, bytes }: { readonly request: DocumentRequest; readonly url: URL; readonly bytes: number },
): Promise<FetchedDocument> {
  const { status, headers } = response
  const isUnchanged = status === 304 && request.cursor !== null
  const failure = isUnchanged || response.ok ? null : await refusedResponse(response, Date.now())
  const seconds = failure ? failure.retryAfterSeconds : secondsToReset(headers, Date.now())
  if (seconds !== null) request.leaveAlone?.(url.host, seconds)
  if (failure) throw failure
  if (isUnchanged) return { kind: 'not-modified', cursor: cursorOf(response) ?? request.cursor }
  return {
    kind: 'document',
    body: await readBody(response, bytes),
    contentType: headers.get('content-type') ?? '',
    url: url.href,
    cursor: cursorOf(response),
    headers,
  }
}

/** Reads the decoded body chunk by chunk, so that a compressed bomb is noticed while it unfolds. */
async function readBody(response: Response, limit: number): Promise<Uint8Array> {
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of response.body ?? []) {
    size += chunk.byteLength
    if (size > limit) {
      throw new FetchFailure('feed-too-large', `sends more than ${limit} bytes`)
    }
    chunks.push(chunk)
  }
  return Buffer.concat(chunks, size)
}

function requestHeaders(
  { accept, authorization, cursor, headers }: DocumentRequest,
  token: string | null,
): Record<string, string> {
  const basic = authorization === 'basic'
  return {
    ...headers,
    accept,
    'user-agent': 'undrift',
    ...(token
      ? { authorization: basic ? `Basic ${btoa(`x-access-token:${token}`)}` : `Bearer ${token}` }
      : {}),
    ...(cursor?.etag ? { 'if-none-match': cursor.etag } : {}),
    ...(cursor?.lastModified ? { 'if-modified-since': cursor.lastModified } : {}),
  }
}

function cursorOf({ headers }: Response): FeedCursor | null {
  const etag = validator(headers.get('etag'))
  const lastModified = validator(headers.get('last-modified'))
  return etag === null && lastModified === null ? null : { etag, lastModified }
}

/** An oversized validator is not worth keeping: it travels in every heartbeat. */
function validator(value: string | null): string | null {
  return value && value.length <= 1_024 && /^[\x20-\x7e]*$/.test(value) ? value : null
}

function checkedUrl(text: string, base: URL | undefined): URL {
  const url = URL.canParse(text, base?.href) ? new URL(text, base) : null
  if (!url) throw new FetchFailure('feed-invalid', 'names an address that cannot be read')
  if (url.protocol !== 'https:' && url.protocol !== 'http:') {
    throw new FetchFailure(
      'feed-refused-address',
      `leads to ${url.protocol}, which is neither http nor https`,
    )
  }
  if (url.username || url.password) {
    throw new FetchFailure('feed-refused-address', 'leads to an address with a user or a password in it')
  }
  return url
}

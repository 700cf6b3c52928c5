import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { createServer as createSecureServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { setTimeout as pause } from 'node:timers/promises'
import type { FeedEntry } from './atom.ts'
import type { Certificate } from './certificate.ts'
import { atomForm, type FeedForm, type Rendered } from './feed-form.ts'

/** How a feed behaves: well, or in one of the ways that feeds misbehave. */
export type FeedMood =
  | { readonly kind: 'well' }
  | { readonly kind: 'status'; readonly status: number; readonly retryAfterSeconds?: number }
  | { readonly kind: 'slow'; readonly milliseconds: number }
  /** Has moved for good: the old address leads to `new/`, where it goes on. */
  | { readonly kind: 'moved' }
  /** Answers 200 with something else than a feed. */
  | { readonly kind: 'garbage'; readonly body: string }

/** What a feed was asked so far. */
export interface FeedCounts {
  readonly requests: number
  /** How many of them were answered with 304. */
  readonly notModified: number
}

/** One project's feed on the server. */
export interface ProjectFeed {
  readonly url: string
  announce(entry: FeedEntry): void
  /** The feed does not list a release any more. */
  withdraw(tag: string): void
  behave(mood: FeedMood): void
  counts(): FeedCounts
}

export interface FeedServer {
  readonly address: string
  /** The feed of a project; empty and well-behaved at first. */
  feed(project: string): ProjectFeed
  close(): Promise<void>
}

export interface FeedServerOptions {
  /** GitHub's Atom when it is left out. */
  readonly form?: FeedForm
  /** For HTTPS. */
  readonly certificate?: Certificate
  /** What every request must bear. */
  readonly token?: string
}

interface FeedState {
  entries: FeedEntry[]
  mood: FeedMood
  requests: number
  notModified: number
}

/** Serves release feeds on loopback with ETag and Last-Modified, and a 304 for whoever knows them. */
export async function startFeedServer(options: FeedServerOptions = {}): Promise<FeedServer> {
  const { form = atomForm, certificate, token } = options
  const states = new Map<string, FeedState>()
  const serve = (request: IncomingMessage, response: ServerResponse): void => {
    const url = new URL(request.url ?? '/', address)
    const project = form.projectOf(url.pathname) ?? ''
    const state = states.get(project)
    if (token !== undefined && request.headers.authorization !== `Bearer ${token}`) {
      return void response.writeHead(401).end()
    }
    if (!state) return void response.writeHead(404).end()
    const page = () => form.render(project, state.entries, url)
    answer(state, page, { request, response }).catch((error: unknown) => response.destroy(error as Error))
  }
  const server = certificate === undefined ? createServer(serve) : createSecureServer(certificate, serve)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const scheme = certificate === undefined ? 'http' : 'https'
  const address = `${scheme}://127.0.0.1:${(server.address() as AddressInfo).port}`
  return {
    address,
    feed(project) {
      const state = states.get(project) ?? {
        entries: [],
        mood: { kind: 'well' },
        requests: 0,
        notModified: 0,
      }
      states.set(project, state)
      return {
        url: `${address}${form.pathOf(project)}`,
        announce: (entry) => void state.entries.push(entry),
        withdraw: (tag) => {
          state.entries = state.entries.filter((entry) => entry.tag !== tag)
        },
        behave: (mood) => {
          state.mood = mood
        },
        counts: () => ({ requests: state.requests, notModified: state.notModified }),
      }
    },
    async close() {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}

interface Exchange {
  readonly request: IncomingMessage
  readonly response: ServerResponse
}

async function answer(
  state: FeedState,
  page: () => Rendered,
  { request, response }: Exchange,
): Promise<void> {
  state.requests += 1
  const { mood } = state
  if (mood.kind === 'slow') await pause(mood.milliseconds)
  if (mood.kind === 'status') {
    const { status, retryAfterSeconds } = mood
    const headers = retryAfterSeconds === undefined ? {} : { 'retry-after': String(retryAfterSeconds) }
    return void response.writeHead(status, headers).end()
  }
  if (mood.kind === 'moved' && !request.url?.includes('/new/')) {
    return void response.writeHead(301, { location: 'new/releases.atom' }).end()
  }
  if (mood.kind === 'garbage') return void response.writeHead(200).end(mood.body)

  const { body, headers: own } = page()
  const etag = `W/"${createHash('sha256').update(body).digest('hex').slice(0, 32)}"`
  const modified = new Date(state.entries.at(-1)?.publishedAt ?? 0).toUTCString()
  const caching = { etag, 'last-modified': modified, 'cache-control': 'max-age=0, private, must-revalidate' }
  const headers = { ...own, ...caching }
  if (request.headers['if-none-match'] === etag) {
    state.notModified += 1
    return void response.writeHead(304, headers).end()
  }
  response.writeHead(200, headers).end(body)
}

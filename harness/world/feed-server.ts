import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as pause } from 'node:timers/promises'
import { type FeedEntry, renderAtom } from './atom.ts'

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
  behave(mood: FeedMood): void
  counts(): FeedCounts
}

export interface FeedServer {
  readonly address: string
  /** The feed of a project; empty and well-behaved at first. */
  feed(project: string): ProjectFeed
  close(): Promise<void>
}

interface FeedState {
  readonly entries: FeedEntry[]
  mood: FeedMood
  requests: number
  notModified: number
}

/** Serves release feeds on loopback: GitHub's Atom with ETag and Last-Modified, and a 304 for whoever knows them. */
export async function startFeedServer(): Promise<FeedServer> {
  const states = new Map<string, FeedState>()
  const server = createServer((request, response) => {
    const project = /^\/([\w.-]+)\/(?:new\/)?releases\.atom$/.exec(request.url ?? '')?.[1]
    const state = states.get(project ?? '')
    if (!project || !state) return void response.writeHead(404).end()
    answer(state, `http://${request.headers.host}`, project, { request, response }).catch((error: unknown) =>
      response.destroy(error as Error),
    )
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
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
        url: `${address}/${project}/releases.atom`,
        announce: (entry) => void state.entries.push(entry),
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
  home: string,
  project: string,
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
    return void response.writeHead(301, { location: `${home}/${project}/new/releases.atom` }).end()
  }
  if (mood.kind === 'garbage') return void response.writeHead(200).end(mood.body)

  const body = renderAtom(home, project, state.entries)
  const etag = `W/"${createHash('sha256').update(body).digest('hex').slice(0, 32)}"`
  const modified = new Date(state.entries.at(-1)?.publishedAt ?? 0).toUTCString()
  const headers = { etag, 'last-modified': modified, 'cache-control': 'max-age=0, private, must-revalidate' }
  if (request.headers['if-none-match'] === etag) {
    state.notModified += 1
    return void response.writeHead(304, headers).end()
  }
  response.writeHead(200, { ...headers, 'content-type': 'application/atom+xml; charset=utf-8' }).end(body)
}

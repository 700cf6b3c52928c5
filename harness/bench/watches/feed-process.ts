import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { renderAtom } from '../../world/atom.ts'
import { releasedTags } from './tags.ts'

/** One request that came in: the watch's number, when, and whether it could be answered with a 304. */
export type Arrival = readonly [watch: number, at: number, notModified: 0 | 1]

/** What the feed server's process tells its parent. */
export type FeedMessage =
  | { readonly kind: 'listening'; readonly port: number }
  | { readonly kind: 'arrivals'; readonly arrivals: readonly Arrival[] }

/**
 * A feed server in a process of its own, so that what it costs is not counted as Undrift's. It listens on every loopback
 * address: the watches spread over many of them as they would over many hosts.
 */
function serveFeeds(): void {
  const tell = (message: FeedMessage) => void process.send?.(message)
  let arrivals: Arrival[] = []
  const server = createServer((request, response) => {
    const at = Date.now()
    const watch = Number(/^\/watch-(\d+)\/releases\.atom$/.exec(request.url ?? '')?.[1] ?? Number.NaN)
    if (Number.isNaN(watch)) return void response.writeHead(404).end()
    arrivals.push([watch, at, answer(watch, request, response)])
  })
  server.listen(0, '0.0.0.0', () => tell({ kind: 'listening', port: (server.address() as AddressInfo).port }))
  setInterval(() => {
    if (arrivals.length > 0) tell({ kind: 'arrivals', arrivals })
    arrivals = []
  }, 200)
  // Nobody is left to answer for.
  process.on('disconnect', () => process.exit())
}

/** Ten releases in GitHub's Atom, with a validator that never changes. */
function answer(watch: number, request: IncomingMessage, response: ServerResponse): 0 | 1 {
  const etag = `W/"${String(watch).padStart(32, '0')}"`
  const headers = {
    etag,
    'last-modified': 'Thu, 01 Jan 2026 09:00:00 GMT',
    'cache-control': 'max-age=0, private',
  }
  if (request.headers['if-none-match'] === etag) {
    response.writeHead(304, headers).end()
    return 1
  }
  const entries = releasedTags.map((tag) => ({ tag, publishedAt: '2026-01-01T09:00:00Z' }))
  const body = renderAtom(`http://${request.headers.host}`, `watch-${watch}`, entries)
  response.writeHead(200, { ...headers, 'content-type': 'application/atom+xml; charset=utf-8' }).end(body)
  return 0
}

serveFeeds()

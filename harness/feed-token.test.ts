import { once } from 'node:events'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { createServer, type Server } from 'node:https'
import type { AddressInfo } from 'node:net'
import { getCACertificates, setDefaultCACertificates } from 'node:tls'
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest'
import { withFeedToken } from '../activities/with-feed-token.ts'
import { createAtomFeed } from '../adapters/feeds/atom/atom-feed.ts'
import { createForgejoFeed } from '../adapters/feeds/forgejo/forgejo-feed.ts'
import { createGithubFeed } from '../adapters/feeds/github/github-feed.ts'
import { createGitlabFeed } from '../adapters/feeds/gitlab/gitlab-feed.ts'
import { requestFor, serve } from '../adapters/feeds/testing/serve.ts'
import { findCanary, makeCanary } from './stage/canary.ts'
import { makeCertificate } from './world/certificate.ts'

/** Here and not beside the feeds, because a token travels over https only and the certificate is the harness's. */
const token = makeCanary()
const usual = getCACertificates('default')
let own: Server
let origin = ''
let asked: (string | undefined)[] = []
let answer: (request: IncomingMessage, response: ServerResponse) => void = () => {}

beforeAll(async () => {
  const { key, cert } = makeCertificate(new Date())
  setDefaultCACertificates([...usual, cert])
  own = createServer({ key, cert }, (request, response) => {
    asked.push(request.headers.authorization)
    answer(request, response)
  })
  own.listen(0, '127.0.0.1')
  await once(own, 'listening')
  origin = `https://127.0.0.1:${(own.address() as AddressInfo).port}`
})
beforeEach(() => {
  asked = []
})
afterAll(async () => {
  setDefaultCACertificates(usual)
  own.closeAllConnections()
  await once(own.close(), 'close')
})

const bearer = `Bearer ${token}`

it.each([createGithubFeed(), createGitlabFeed(), createForgejoFeed()])(
  'reaches its own host over https: $kind',
  async (feed) => {
    answer = (_request, response) => response.end('[]')
    const result = await feed.poll(requestFor(origin, { token }))
    expect(result).toMatchObject({ kind: 'releases' })
    expect(asked).toEqual([bearer])
    expect(findCanary(token, JSON.stringify(result))).toBeNull()
  },
)

it('reaches no other host, and does not come back from one', async () => {
  await using stranger = await serve((_request, response) =>
    response.writeHead(302, { location: `${origin}/back` }).end(),
  )
  answer = (request, response) => {
    if (request.url?.startsWith('/away')) response.writeHead(301, { location: stranger.origin }).end()
    else if (request.url?.startsWith('/here')) response.writeHead(301, { location: '/moved' }).end()
    else response.end('[]')
  }
  await createForgejoFeed().poll(requestFor(`${origin}/here`, { token }))
  expect(asked).toEqual([bearer, bearer])
  asked = []
  await createForgejoFeed().poll(requestFor(`${origin}/away`, { token }))
  expect(asked).toEqual([bearer, undefined])
  expect(stranger.requests.map(({ headers }) => headers.authorization)).toEqual([undefined])
})

it('reaches every page on its own host, and none on another that the first page was found on', async () => {
  await using stranger = await serve((request, response) => {
    const next = `<http://${request.headers.host}/?page=2>; rel="next"`
    response.writeHead(200, request.url?.includes('page=2') ? {} : { link: next }).end('[{"tag_name":"v1"}]')
  })
  answer = (request, response) => {
    if (request.url?.startsWith('/away')) response.writeHead(302, { location: stranger.origin }).end()
    else {
      const next = `<${origin}/?page=2>; rel="next"`
      response.writeHead(200, request.url?.includes('page=2') ? {} : { link: next }).end('[]')
    }
  }
  await createForgejoFeed().poll(requestFor(`${origin}/here`, { token }))
  expect(asked).toEqual([bearer, bearer])
  await createForgejoFeed().poll(requestFor(`${origin}/away`, { token }))
  expect(stranger.requests.map(({ headers }) => headers.authorization)).toEqual([undefined, undefined])
})

it('stands in no result, whatever a server makes of it', async () => {
  const worlds: ((request: IncomingMessage, response: ServerResponse) => void)[] = [
    (_request, response) => response.writeHead(401, { 'www-authenticate': bearer }).end(bearer),
    (request, response) => response.writeHead(403).end(request.headers.authorization),
    (_request, response) => response.writeHead(301, { location: `ftp://x/${token}` }).end(),
    (_request, response) => response.writeHead(200, { 'content-encoding': 'gzip' }).end(bearer),
    (_request, response) => response.end(`{"x": "${token}`),
    (_request, response) => response.destroy(),
  ]
  for (const world of worlds) {
    answer = world
    for (const feed of [createGithubFeed(), createAtomFeed()]) {
      const result = await feed.poll(requestFor(origin, { token }))
      expect(result).toMatchObject({ kind: 'failed' })
      expect(findCanary(token, JSON.stringify(result))).toBeNull()
    }
  }
})

it('is looked up by name, and a worker that lacks it asks nobody', async () => {
  answer = (_request, response) => response.end('[]')
  const poll = (env: Record<string, string>) =>
    withFeedToken(createGithubFeed(), 'env:API_TOKEN', { env }).poll(requestFor(origin))
  expect(await poll({ API_TOKEN: token })).toMatchObject({ kind: 'releases' })
  expect(asked).toEqual([bearer])
  expect(await poll({ API_TOKEN: '' })).toEqual({
    kind: 'failed',
    reason: 'feed-secret-missing',
    message: 'The feed needs env:API_TOKEN, which is not set on this worker.',
    retryAfterSeconds: null,
  })
  expect(asked).toHaveLength(1)
})

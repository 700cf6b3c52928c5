import { expect, it } from 'vitest'
import { createAtomFeed } from './atom/atom-feed.ts'
import { createHostLimits } from './host-limits.ts'
import { requestFor, serve } from './testing/serve.ts'

it('leaves a host alone on every feed for as long as it asked one of them to', async () => {
  let time = 0
  let status = 429
  const { heed } = createHostLimits(() => time)
  await using server = await serve((_request, response) => {
    response
      .writeHead(status, status === 200 ? {} : { 'retry-after': '60' })
      .end('<feed><title>t</title></feed>')
  })
  await using other = await serve((_request, response) => response.end('<feed><title>t</title></feed>'))
  const poll = (origin: string, path: string) => heed(createAtomFeed()).poll(requestFor(`${origin}/${path}`))

  expect(await poll(server.origin, 'a')).toMatchObject({ reason: 'feed-rate-limited', retryAfterSeconds: 60 })
  time = 20_500
  expect(await poll(server.origin, 'b')).toEqual({
    kind: 'failed',
    reason: 'feed-rate-limited',
    message: `${new URL(server.origin).host} has asked to be left alone for 40 s more; it was not contacted.`,
    retryAfterSeconds: 40,
  })
  expect(server.requests).toHaveLength(1)
  expect(await poll(other.origin, 'a')).toMatchObject({ kind: 'releases' })

  status = 200
  time = 60_000
  expect(await poll(server.origin, 'b')).toMatchObject({ kind: 'releases' })
  expect(server.requests).toHaveLength(2)
})

it('heeds a 503 that says how long, and no failure that does not', async () => {
  const { heed } = createHostLimits(() => 0)
  let headers: Record<string, string> = {}
  await using server = await serve((_request, response) => response.writeHead(503, headers).end())
  const poll = () => heed(createAtomFeed()).poll(requestFor(server.origin))
  await poll()
  await poll()
  expect(server.requests).toHaveLength(2)
  headers = { 'retry-after': '5' }
  await poll()
  await poll()
  expect(server.requests).toHaveLength(3)
})

import fc from 'fast-check'
import { expect, it } from 'vitest'
import { createAtomFeed } from './atom/atom-feed.ts'
import { createFeed } from './create-feed.ts'
import { createGithubFeed } from './github/github-feed.ts'
import { createHostLimits } from './host-limits.ts'
import { requestFor, serve } from './testing/serve.ts'

it('leaves a host alone on every feed for as long as it asked one of them to', async () => {
  let time = 0
  let status = 429
  const { heed } = createHostLimits({ now: () => time, chance: () => 0 })
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
  const { heed } = createHostLimits({ now: () => 0 })
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

it('leaves a host alone in all of many watches, whichever of them was told, until the time is over', async () => {
  let time = 0
  let limited = true
  const { heed } = createHostLimits({ now: () => time, chance: () => 0 })
  await using server = await serve((_request, response) => {
    const reset = Math.floor(Date.now() / 1000) + 1_800
    if (!limited) response.end('[]')
    else response.writeHead(403, { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': `${reset}` }).end('{}')
  })
  const watches = Array.from({ length: 100 }, (_, index) => {
    const feed = heed(index % 2 === 0 ? createGithubFeed() : createAtomFeed())
    return () => feed.poll(requestFor(`${server.origin}/repos/o/r${index}/releases`))
  })
  const [first, ...others] = watches
  expect(await first?.()).toMatchObject({ reason: 'feed-rate-limited' })
  for (const told of await Promise.all(others.map((poll) => poll()))) {
    expect(told).toMatchObject({
      reason: 'feed-rate-limited',
      message: expect.stringContaining('not contacted'),
    })
  }
  expect(server.requests).toHaveLength(1)
  time = 1_700_000
  await Promise.all(watches.map((poll) => poll()))
  expect(server.requests).toHaveLength(1)
  time = 1_801_000
  limited = false
  await Promise.all(watches.map((poll) => poll()))
  expect(server.requests).toHaveLength(101)
})

it("heeds GitHub's secondary limit, which may stand in the body only, for a minute", async () => {
  let body = '{"message":"You have exceeded a secondary rate limit. Please wait a few minutes."}'
  await using server = await serve((_request, response) => response.writeHead(403).end(body))
  const { heed } = createHostLimits({ now: () => 0, chance: () => 0 })
  const poll = () => heed(createGithubFeed()).poll(requestFor(server.origin))
  expect(await poll()).toMatchObject({ reason: 'feed-rate-limited', retryAfterSeconds: 60 })
  expect(await poll()).toMatchObject({ message: expect.stringContaining('not contacted') })
  body = '{"message":"Resource not accessible by personal access token"}'
  const fresh = createHostLimits().heed(createGithubFeed())
  expect(await fresh.poll(requestFor(server.origin))).toMatchObject({ reason: 'feed-http-403' })
})

it.each([
  [200, '<feed><title>t</title></feed>', 'releases'],
  [304, '', 'not-modified'],
])('leaves a host alone from the answer %d on that used up its limit', async (status, body, kind) => {
  let time = 0
  const spent = { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': '120' }
  await using server = await serve((_request, response) => response.writeHead(status, spent).end(body))
  const { heed } = createHostLimits({ now: () => time, chance: () => 0 })
  const poll = () =>
    heed(createAtomFeed()).poll(requestFor(server.origin, { cursor: { etag: '"1"', lastModified: null } }))
  expect(await poll()).toMatchObject({ kind })
  expect(await poll()).toMatchObject({ reason: 'feed-rate-limited', retryAfterSeconds: 120 })
  expect(server.requests).toHaveLength(1)
  time = 120_000
  expect(await poll()).toMatchObject({ kind })
})

it('leaves the host alone that a redirect led to, too', async () => {
  await using limited = await serve((_request, response) =>
    response.writeHead(429, { 'retry-after': '60' }).end(),
  )
  await using first = await serve((_request, response) =>
    response.writeHead(302, { location: limited.origin }).end(),
  )
  const { heed } = createHostLimits({ now: () => 0, chance: () => 0 })
  const poll = (url: string) => heed(createAtomFeed()).poll(requestFor(url))
  expect(await poll(first.origin)).toMatchObject({ reason: 'feed-rate-limited' })
  expect(await poll(limited.origin)).toMatchObject({ message: expect.stringContaining('not contacted') })
  expect([first.requests.length, limited.requests.length]).toEqual([1, 1])
})

it('keeps the longest of several waits, and spreads those that come back', async () => {
  const asked = ['300', '60', '120']
  await using server = await serve((_request, response) =>
    response.writeHead(429, { 'retry-after': asked.shift() ?? '0' }).end(),
  )
  const chances = [0, 0.5, 0.999]
  const { heed } = createHostLimits({ now: () => 0, chance: () => chances.shift() ?? 0 })
  const poll = () => heed(createAtomFeed()).poll(requestFor(server.origin))
  await Promise.all([poll(), poll(), poll()])
  expect(server.requests).toHaveLength(3)
  const told = await Promise.all([poll(), poll(), poll()])
  expect(told.map((one) => one.kind === 'failed' && one.retryAfterSeconds)).toEqual([300, 315, 329])
})

it('never waits longer than it was told, nor less, whatever the clock on the wall does', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.integer({ min: 0, max: 200_000 }), { maxLength: 20 }), async (steps) => {
      let time = 5_000_000
      let asked = 0
      const { heed } = createHostLimits({ now: () => time, chance: () => 0 })
      const feed = heed({
        kind: 'test',
        poll: async () => {
          asked++
          return { kind: 'failed', reason: 'feed-rate-limited', message: '', retryAfterSeconds: 100 }
        },
      })
      let next = time
      let expected = 0
      for (const step of steps) {
        time += step
        await feed.poll(requestFor('https://x.example/'))
        if (time >= next) {
          expected++
          next = time + 100_000
        }
        expect(asked).toBe(expected)
      }
    }),
  )
})

it('is one for the whole process, so that every watch made by address heeds it', async () => {
  await using server = await serve((_request, response) =>
    response.writeHead(429, { 'retry-after': '60' }).end(),
  )
  for (const path of ['a.atom', 'api/v1/repos/o/r/releases', 'api/v4/projects/1/releases']) {
    const url = `${server.origin}/${path}`
    expect(await createFeed(url).poll(requestFor(url))).toMatchObject({ reason: 'feed-rate-limited' })
  }
  expect(server.requests).toHaveLength(1)
})

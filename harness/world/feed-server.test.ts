import Parser from 'rss-parser'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type FeedServer, startFeedServer } from './feed-server.ts'

const at = '2026-01-01T09:00:00Z'
let server: FeedServer

beforeAll(async () => {
  server = await startFeedServer()
})
afterAll(() => server.close())

describe('the feed server', () => {
  it('speaks Atom, newest first, with the tag in the id and in the link', async () => {
    const feed = server.feed('tags')
    feed.announce({ tag: 'v1.0.0', publishedAt: at })
    feed.announce({ tag: 'lib/v2 & more', title: 'Two', publishedAt: at })
    const { items } = await new Parser().parseString(await (await fetch(feed.url)).text())
    expect(items.map((item) => item.title)).toEqual(['Two', 'v1.0.0'])
    expect(items[0]?.id).toBe('tag:github.com,2008:Repository/4711/lib/v2 & more')
    expect(items[0]?.link).toBe(`${server.address}/tags/releases/tag/lib%2Fv2%20%26%20more`)
  })

  it('shows ten entries, as GitHub does', async () => {
    const feed = server.feed('many')
    for (let n = 0; n < 12; n++) feed.announce({ tag: `v1.${n}.0`, publishedAt: at })
    const { items } = await new Parser().parseString(await (await fetch(feed.url)).text())
    expect(items).toHaveLength(10)
    expect(items[0]?.title).toBe('v1.11.0')
  })

  it('answers 304 to whoever knows the ETag, until a release comes', async () => {
    const feed = server.feed('etags')
    feed.announce({ tag: 'v1.0.0', publishedAt: at })
    const etag = (await fetch(feed.url)).headers.get('etag') ?? ''
    const headers = { 'if-none-match': etag }
    expect((await fetch(feed.url, { headers })).status).toBe(304)
    feed.announce({ tag: 'v1.1.0', publishedAt: at })
    expect((await fetch(feed.url, { headers })).status).toBe(200)
    expect(feed.counts()).toEqual({ requests: 3, notModified: 1 })
  })

  it('misbehaves on request and behaves again', async () => {
    const feed = server.feed('moods')
    feed.behave({ kind: 'status', status: 429, retryAfterSeconds: 7 })
    const limited = await fetch(feed.url)
    expect([limited.status, limited.headers.get('retry-after')]).toEqual([429, '7'])
    feed.behave({ kind: 'garbage', body: '<html>' })
    expect(await (await fetch(feed.url)).text()).toBe('<html>')
    feed.behave({ kind: 'slow', milliseconds: 20 })
    expect((await fetch(feed.url)).status).toBe(200)
    feed.behave({ kind: 'well' })
    expect(await (await fetch(feed.url)).text()).toContain('<feed')
  })

  it('knows no other project', async () => {
    expect((await fetch(`${server.address}/nobody/releases.atom`)).status).toBe(404)
  })
})

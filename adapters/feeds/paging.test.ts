import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createForgejoFeed } from './forgejo/forgejo-feed.ts'
import { createGithubFeed } from './github/github-feed.ts'
import { createGithubTagsFeed } from './github/github-tags-feed.ts'
import { createGitlabFeed } from './gitlab/gitlab-feed.ts'
import { createGitlabTagsFeed } from './gitlab/gitlab-tags-feed.ts'
import { nextPage } from './http/next-page.ts'
import { requestFor, serve } from './testing/serve.ts'
import type { Feed, FeedCursor, FeedResult } from './types.ts'

/** An API that serves a list in pages, newest first, with an ETag a page; `odd` may answer a page in its place. */
async function serveList(
  list: () => readonly string[],
  {
    size = 10,
    link = 'link',
    odd = {},
  }: {
    readonly size?: number
    readonly link?: 'link' | 'x-next-page'
    readonly odd?: Readonly<
      Record<number, { status: number; headers?: Record<string, string>; body?: string }>
    >
  } = {},
) {
  const asked: number[] = []
  const server = await serve((request, response) => {
    const url = new URL(request.url ?? '/', `http://${request.headers.host}`)
    const page = Number(url.searchParams.get('page') ?? 1)
    asked.push(page)
    const other = odd[page]
    if (other) return void response.writeHead(other.status, other.headers ?? {}).end(other.body ?? '')
    const tags = list().slice((page - 1) * size, page * size)
    const etag = `"${Buffer.from(tags.join(' ')).toString('base64url')}"`
    if (request.headers['if-none-match'] === etag) return void response.writeHead(304, { etag }).end()
    const isLast = page * size >= list().length
    url.searchParams.set('page', `${page + 1}`)
    const next =
      link === 'link'
        ? { link: `<${url.origin}/first>; rel="first", <${url.href}>; rel="next"` }
        : { 'x-next-page': `${page + 1}` }
    const body = JSON.stringify(tags.map((tag) => ({ tag_name: tag, name: tag })))
    response.writeHead(200, { etag, ...(isLast ? {} : next) }).end(body)
  })
  let cursor: FeedCursor | null = null
  return {
    asked,
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
    /** Polls as a watch does: with what the last good poll left behind. */
    async poll(feed: Feed): Promise<FeedResult> {
      const result = await feed.poll(requestFor(`${server.origin}/feed`, { cursor }))
      if (result.kind !== 'failed') cursor = result.cursor
      return result
    },
    pagesAsked: () => asked.splice(0),
  }
}

function tagsOf(result: FeedResult): readonly string[] {
  if (result.kind !== 'releases') throw new Error(JSON.stringify(result))
  return result.releases.map(({ tag }) => tag)
}

function versions(count: number): string[] {
  return Array.from({ length: count }, (_, index) => `v${count - index}`)
}

describe('an API with pages', () => {
  it.each([
    ['link', createGithubFeed()],
    ['link', createForgejoFeed()],
    ['link', createGitlabFeed()],
    ['x-next-page', createGitlabFeed()],
  ] as const)('is read to its last page by its %s', async (link, feed) => {
    await using server = await serveList(() => versions(35), { link })
    const result = await server.poll(feed)
    expect(tagsOf(result)).toEqual(versions(35))
    expect(result).toMatchObject({ problems: [] })
    expect(server.pagesAsked()).toEqual([1, 2, 3, 4])
  })

  it('is asked for its first page alone while nothing is new', async () => {
    await using server = await serveList(() => versions(35))
    const feed = createGithubFeed()
    await server.poll(feed)
    server.pagesAsked()
    for (let poll = 0; poll < 3; poll++)
      expect(await server.poll(feed)).toMatchObject({ kind: 'not-modified' })
    expect(server.pagesAsked()).toEqual([1, 1, 1])
  })

  it('is asked for its first page alone while what was newest still stands there', async () => {
    let list = versions(35)
    await using server = await serveList(() => list)
    const feed = createGithubFeed()
    await server.poll(feed)
    server.pagesAsked()
    list = ['v37', 'v36', ...list]
    expect(tagsOf(await server.poll(feed))).toEqual(list.slice(0, 10))
    expect(server.pagesAsked()).toEqual([1])
    expect(await server.poll(feed)).toMatchObject({ kind: 'not-modified' })
  })

  it('is read on when what was newest is no longer there, pushed off or deleted', async () => {
    let list = versions(35)
    await using server = await serveList(() => list)
    const feed = createGithubFeed()
    await server.poll(feed)
    list = [...versions(60).slice(0, 15), ...list]
    server.pagesAsked()
    expect(tagsOf(await server.poll(feed))).toEqual(list)
    list = list.slice(1)
    expect(tagsOf(await server.poll(feed))).toEqual(list)
  })

  it('is read whole from time to time, however little changes', async () => {
    let list = versions(35)
    await using server = await serveList(() => list)
    const feed = createGithubFeed()
    await server.poll(feed)
    server.pagesAsked()
    let deep = 0
    for (let poll = 0; poll < 40; poll++) {
      list = [...list]
      list[9] = `edited-${poll}`
      await server.poll(feed)
      if (server.pagesAsked().length > 1) deep++
    }
    expect(deep).toBe(3)
  })

  it('is read up to ten pages, and a thousand entries', async () => {
    await using small = await serveList(() => versions(500))
    expect(tagsOf(await small.poll(createGithubFeed()))).toHaveLength(100)
    expect(small.pagesAsked()).toHaveLength(10)
    await using large = await serveList(() => versions(5_000), { size: 300 })
    expect(tagsOf(await large.poll(createGitlabFeed()))).toEqual(versions(5_000).slice(0, 1_000))
    expect(large.pagesAsked()).toHaveLength(4)
  })

  it('whose pages lead in a circle ends all the same', async () => {
    await using server = await serve((request, response) => {
      response
        .writeHead(200, { link: `<http://${request.headers.host}/feed>; rel=next` })
        .end('[{"tag_name":"v1"}]')
    })
    const result = await createGithubFeed().poll(requestFor(`${server.origin}/feed`))
    expect(tagsOf(result)).toContain('v1')
    expect(server.requests).toHaveLength(10)
  })

  it.each([
    [{ status: 500 }, 'cannot be read (feed-http-500)'],
    [{ status: 200, body: '{' }, 'is not what github sends: it is no JSON'],
    [{ status: 301, headers: { location: 'ftp://x/' } }, 'cannot be read (feed-refused-address)'],
  ])('keeps what it read before a page that is broken, and begins anew: %o', async (broken, words) => {
    const odd: Record<number, typeof broken> = { 3: broken }
    await using server = await serveList(() => versions(35), { odd })
    const feed = createGithubFeed()
    for (let poll = 0; poll < 2; poll++) {
      const result = await server.poll(feed)
      expect(tagsOf(result)).toEqual(versions(35).slice(0, 20))
      expect(result).toMatchObject({
        cursor: null,
        problems: [`Page 3 of the feed ${words}; the next poll begins anew.`],
      })
    }
    delete odd[3]
    expect(tagsOf(await server.poll(feed))).toEqual(versions(35))
  })

  it('has its rate limit heeded on every page', async () => {
    const odd = { 2: { status: 403, headers: { 'retry-after': '60' } } }
    await using server = await serveList(() => versions(35), { odd })
    expect(await server.poll(createGithubFeed())).toMatchObject({
      reason: 'feed-rate-limited',
      retryAfterSeconds: 60,
    })
  })

  it('does not lead to another host', async () => {
    await using stranger = await serve((_request, response) => response.end('[]'))
    await using server = await serve((_request, response) => {
      response.writeHead(200, { link: `<${stranger.origin}/>; rel="next"` }).end('[{"tag_name":"v1"}]')
    })
    expect(await createGithubFeed().poll(requestFor(server.origin))).toMatchObject({
      releases: [{ tag: 'v1' }],
      problems: ['Page 2 of the feed lies on another host; the next poll begins anew.'],
    })
    expect(stranger.requests).toHaveLength(0)
  })
})

describe('a list of tags', () => {
  const named = (tags: readonly string[]) => JSON.stringify(tags.map((name) => ({ name, commit: {} })))

  it('is conditional while it is one page', async () => {
    await using server = await serve((request, response) => {
      if (request.headers['if-none-match'] === '"1"') response.writeHead(304).end()
      else response.writeHead(200, { etag: '"1"' }).end(named(['v2', 'v1']))
    })
    const feed = createGithubTagsFeed()
    const first = await feed.poll(requestFor(server.origin))
    expect(first).toMatchObject({ releases: [{ tag: 'v2' }, { tag: 'v1' }], cursor: { etag: '"1"' } })
    const cursor = first.kind === 'failed' ? null : first.cursor
    expect(await feed.poll(requestFor(server.origin, { cursor }))).toMatchObject({ kind: 'not-modified' })
  })

  it('of several pages is read whole each time, because a new tag may stand on any', async () => {
    let second = ['v1']
    await using server = await serve((request, response) => {
      const isFirst = !request.url?.includes('page=2')
      const headers = isFirst ? { link: `<http://${request.headers.host}/?page=2>; rel="next"` } : {}
      if (request.headers['if-none-match']) response.writeHead(304).end()
      else response.writeHead(200, { etag: '"1"', ...headers }).end(named(isFirst ? ['v9'] : second))
    })
    const feed = createGithubTagsFeed()
    const first = await feed.poll(requestFor(server.origin))
    expect(tagsOf(first)).toEqual(['v9', 'v1'])
    second = ['v10', 'v1']
    const cursor = first.kind === 'failed' ? null : first.cursor
    expect(tagsOf(await feed.poll(requestFor(server.origin, { cursor })))).toEqual(['v9', 'v10', 'v1'])
  })

  it('that is longer than it may be is reported', async () => {
    await using server = await serve((request, response) => {
      const page = Number(new URL(request.url ?? '', 'http://x').searchParams.get('page') ?? 1)
      const link = `<http://${request.headers.host}/?page=${page + 1}>; rel="next"`
      response.writeHead(200, { link }).end(named([`v${page}`]))
    })
    expect(await createGithubTagsFeed().poll(requestFor(server.origin))).toMatchObject({
      problems: ['Only 10 entries of the feed were looked at; git+https:// reads all tags.'],
    })
  })

  it('has the time of an annotated tag where GitLab tells it, and never that of a commit', async () => {
    const body = JSON.stringify([
      {
        name: 'v2',
        created_at: '2026-07-30T08:00:00.000+00:00',
        commit: { created_at: '2026-01-01T00:00:00Z' },
      },
      {
        name: 'v1',
        created_at: null,
        commit: { created_at: '2026-01-01T00:00:00Z' },
        release: { description: 'x' },
      },
    ])
    await using server = await serve((_request, response) => response.end(body))
    expect(await createGitlabTagsFeed().poll(requestFor(server.origin))).toMatchObject({
      releases: [
        { tag: 'v2', publishedAt: '2026-07-30T08:00:00.000Z' },
        { tag: 'v1', publishedAt: null, notes: 'x' },
      ],
    })
  })
})

it('says of an empty list of releases how a project without any is followed', async () => {
  await using server = await serve((_request, response) => response.end('[]'))
  expect(await createGithubFeed().poll(requestFor(server.origin))).toMatchObject({
    releases: [],
    problems: [expect.stringContaining('…/tags')],
  })
})

it.each([
  ['<https://x/?page=2>; rel="next"', 'https://x/?page=2'],
  ['<https://x/?page=9>; rel="last", <https://x/?page=2>; rel="next"', 'https://x/?page=2'],
  ['</api?page=2&per_page=30>; rel=next', 'https://host/api?page=2&per_page=30'],
  ['<https://x/a,b;c>; title="x, y"; rel="prev next"', 'https://x/a,b;c'],
  ['<https://x/>; REL="NEXT"', 'https://x/'],
  ['<https://x/>; rel="nextish"', null],
  ['<https://x/>; rel="last"', null],
  ['<https://>; rel="next"', null],
  ['https://x/; rel="next"', null],
  ['', null],
])('finds the next page in %j', (link, next) => {
  expect(nextPage(new Headers({ link }), 'https://host/feed')?.href ?? null).toBe(next)
})

it('finds an address or none in whatever stands in the headers', () => {
  const odd = fc.stringMatching(/^[<>;,="\s\w/:.-]{0,60}$/)
  fc.assert(
    fc.property(odd, odd, (link, page) => {
      const headers = { get: (name: string) => (name === 'link' ? link : page) }
      const next = nextPage(headers, 'https://host/feed')
      expect(next === null || next instanceof URL).toBe(true)
    }),
  )
})

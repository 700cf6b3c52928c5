import { expect, it } from 'vitest'
import { UndriftError } from '../../../domain/errors.ts'
import { requestFor, serve } from '../testing/serve.ts'
import type { FeedRequest } from '../types.ts'
import { createGitTagsFeed, type ListedTag, type ListTags } from './git-tags-feed.ts'

function tags(...names: readonly string[]): ListedTag[] {
  return names.map((tag) => ({ tag, tagObject: `object of ${tag}`, target: `commit of ${tag}` }))
}

/** Names that are not found are left to git. */
const nowhere = () => Promise.reject(new Error('ENOTFOUND'))
const request = requestFor('git+https://git.example/x.git')

it('lists the tags, highest numbers first, and leaves the scheme of its address out', async () => {
  const asked: string[] = []
  const feed = createGitTagsFeed(async (url) => {
    asked.push(url)
    return tags('v1.9.0', 'v1.10.0', 'v1.2.0', '-x')
  })
  expect(await feed.poll(request)).toMatchObject({
    releases: [{ tag: 'v1.10.0' }, { tag: 'v1.9.0' }, { tag: 'v1.2.0' }],
    problems: ['The tag "-x" has a name that is not used.'],
  })
  expect(asked).toEqual(['https://git.example/x.git'])
})

it('has the digest of names and objects for its ETag: any order is the same, a moved tag is not', async () => {
  let listed = tags('v1', 'v2')
  const feed = createGitTagsFeed(async () => listed)
  const first = await feed.poll(request)
  listed = tags('v2', 'v1')
  expect(
    await feed.poll({ ...request, cursor: first.kind === 'failed' ? null : first.cursor }),
  ).toMatchObject({
    kind: 'not-modified',
  })
  listed = [...tags('v1'), { tag: 'v2', tagObject: 'another', target: 'another' }]
  expect(
    await feed.poll({ ...request, cursor: first.kind === 'failed' ? null : first.cursor }),
  ).toMatchObject({
    kind: 'releases',
  })
})

it('gives ten thousand tags: what stands behind a thousand others by name may be what a line takes', async () => {
  const many = tags('a/v1.0.0', ...Array.from({ length: 9_999 }, (_, index) => `v1.${index}`))
  const result = await createGitTagsFeed(async () => many).poll(request)
  expect(result.kind === 'releases' && result.releases).toHaveLength(10_000)
  expect(result).toMatchObject({
    releases: expect.arrayContaining([expect.objectContaining({ tag: 'a/v1.0.0' })]),
  })
})

it("turns git's errors into values, and throws the caller's own abort", async () => {
  const failing = createGitTagsFeed(async () => {
    throw new UndriftError('UNDRIFT_E_REMOTE', 'It cannot be reached.')
  })
  expect(await failing.poll(request)).toEqual({
    kind: 'failed',
    reason: 'feed-unreachable',
    message: 'It cannot be reached.',
    retryAfterSeconds: null,
  })
  await expect(failing.poll({ ...request, signal: AbortSignal.abort(new Error('enough')) })).rejects.toThrow(
    'enough',
  )
})

it.each([
  ['error: The requested URL returned error: 429', 'feed-rate-limited', 300],
  ['error: The requested URL returned error: 404', 'feed-http-404', null],
  ['error: RPC failed; HTTP 502 curl 22', 'feed-http-502', null],
])('names what the host answered: %s', async (words, reason, retryAfterSeconds) => {
  const feed = createGitTagsFeed(async () => {
    throw new UndriftError('UNDRIFT_E_REMOTE', words)
  }, nowhere)
  expect(await feed.poll(request)).toMatchObject({ kind: 'failed', reason, retryAfterSeconds })
})

it.each([
  ['git+https://127.0.0.1:8443/x.git', [], 'refused'],
  ['git+https://[::1]/x.git', [], 'refused'],
  ['git+https://127.0.0.1:8443/x.git', ['127.0.0.0/8'], 'asked'],
  ['git+https://mixed.example/x.git', [], 'refused'],
  ['git+https://mixed.example/x.git', ['mixed.example'], 'asked'],
  ['git+https://public.example/x.git', [], 'asked'],
  ['git+https://unknown.example/x.git', [], 'asked'],
])('goes to no private address that is not allowed: %s with %j is %s', async (url, allow, outcome) => {
  const known: Readonly<Record<string, readonly string[]>> = {
    'mixed.example': ['140.82.112.3', '10.0.0.1'],
    'public.example': ['140.82.112.3'],
    '127.0.0.1': ['127.0.0.1'],
    '::1': ['::1'],
  }
  let asked = 0
  const feed = createGitTagsFeed(
    async () => {
      asked += 1
      return []
    },
    async (host) => known[host] ?? Promise.reject(new Error('ENOTFOUND')),
  )
  const result = await feed.poll({ ...request, url, allow })
  expect(asked).toBe(outcome === 'asked' ? 1 : 0)
  if (outcome === 'refused') expect(result).toMatchObject({ reason: 'feed-refused-address' })
})

it('holds git to the addresses that were looked at', async () => {
  const seen: unknown[] = []
  const listTags: ListTags = async (_url, { addresses }) => {
    seen.push(addresses)
    return []
  }
  const feed = createGitTagsFeed(listTags, async () => ['140.82.112.3', '2606:50c0:8000::153'])
  await feed.poll(request)
  await feed.poll({ ...request, url: 'git+ssh://git@git.example/x.git' })
  expect(seen).toEqual([['140.82.112.3', '2606:50c0:8000::153'], undefined])
})

/** A host that knows a repository under its new name only, and what git, which follows no redirect here, says of the old one. */
async function movedHost(status: number, location: (origin: string) => string) {
  const server = await serve(({ url = '' }, response) => {
    if (url.startsWith('/new')) response.end('001e# service=git-upload-pack')
    else response.writeHead(status, { location: location(server.origin) }).end()
  })
  const asked: [string, string | null][] = []
  const feed = createGitTagsFeed(async (url, { token }) => {
    asked.push([url, token])
    if (url.includes('/new')) return tags('v1')
    throw new UndriftError('UNDRIFT_E_REMOTE', `The requested URL returned error: ${status}`)
  })
  const url = `git+${server.origin}/old`
  const poll = (allow = ['127.0.0.1'], more: Partial<FeedRequest> = {}) =>
    feed.poll({ ...request, url, allow, token: 'canary', ...more })
  return { server, asked, poll, [Symbol.asyncDispose]: () => server[Symbol.asyncDispose]() }
}
const firstRequest = 'info/refs?service=git-upload-pack'

it.each([
  [301, '/new.git', true],
  [308, '/new.git', true],
  [302, '/new.git', false],
])(
  'reads a repository where the redirect %d leads, to %s; moved for good: %s',
  async (status, path, isMoved) => {
    await using host = await movedHost(status, () => `${path}/${firstRequest}`)
    const { origin } = host.server
    const result = await host.poll()
    expect(result).toMatchObject({ kind: 'releases', releases: [{ tag: 'v1' }] })
    expect('movedTo' in result ? result.movedTo : null).toBe(isMoved ? `git+${origin}${path}` : null)
    expect(host.asked).toEqual([
      [`${origin}/old`, 'canary'],
      [`${origin}${path}`, 'canary'],
    ])
    // Nothing is shown in the clear, and no host is asked for all of its refs.
    expect(
      host.server.requests.map(({ headers }) => [headers['git-protocol'], headers.authorization]),
    ).toEqual([
      ['version=2', undefined],
      ['version=2', undefined],
    ])
  },
)

it('takes the ending that a forge adds for the same place', async () => {
  await using server = await serve(({ url = '' }, response) => {
    if (url.startsWith('/old.git/')) response.end('001e# service=git-upload-pack')
    else response.writeHead(301, { location: `/old.git/${firstRequest}` }).end()
  })
  const feed = createGitTagsFeed(async (url) => {
    if (url.endsWith('.git')) return tags('v1')
    throw new UndriftError('UNDRIFT_E_REMOTE', 'The requested URL returned error: 301')
  })
  const result = await feed.poll({ ...request, url: `git+${server.origin}/old`, allow: ['127.0.0.1'] })
  expect(result).toMatchObject({ kind: 'releases', releases: [{ tag: 'v1' }] })
  expect(result).not.toHaveProperty('movedTo')
})

it('tells which host asks to be left alone, where a redirect led to it', async () => {
  await using limited = await serve((_request, response) =>
    response.writeHead(429, { 'retry-after': '60' }).end(),
  )
  await using host = await movedHost(302, () => `${limited.origin}/new.git/${firstRequest}`)
  const told: [string, number][] = []
  const leaveAlone = (host: string, seconds: number) => told.push([host, seconds])
  const result = await host.poll(['127.0.0.1'], { leaveAlone })
  expect(result).toMatchObject({ kind: 'failed', reason: 'feed-rate-limited', retryAfterSeconds: 60 })
  expect(told).toEqual([[new URL(limited.origin).host, 60]])
})

it('hands the token to no other host', async () => {
  await using other = await movedHost(302, () => '')
  await using host = await movedHost(302, () => `${other.server.origin}/new.git/${firstRequest}`)
  expect(await host.poll()).toMatchObject({ kind: 'releases' })
  expect(host.asked.at(-1)).toEqual([`${other.server.origin}/new.git`, null])
  expect(other.server.requests.map(({ headers }) => headers.authorization)).toEqual([undefined])
})

it.each([
  [
    'a private address',
    (origin: string) => `${origin.replace('127.0.0.1', '127.0.0.2')}/new/${firstRequest}`,
    'feed-refused-address',
  ],
  ['a page', () => '/new/welcome', 'feed-redirects'],
  ['itself', () => `/old/${firstRequest}`, 'feed-redirects'],
])('does not go where a redirect leads to %s', async (_name, location, reason) => {
  await using host = await movedHost(301, location)
  expect(await host.poll()).toMatchObject({
    kind: 'failed',
    reason,
    message: expect.stringMatching(/^The feed at \S+ .+\.$/),
  })
  expect(host.asked).toHaveLength(1)
})

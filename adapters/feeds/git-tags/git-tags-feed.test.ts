import { expect, it } from 'vitest'
import { UndriftError } from '../../../domain/errors.ts'
import { requestFor } from '../testing/serve.ts'
import { createGitTagsFeed, type ListedTag } from './git-tags-feed.ts'

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

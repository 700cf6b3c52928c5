import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createCratesFeed } from './crates/crates-feed.ts'
import { createForgejoFeed } from './forgejo/forgejo-feed.ts'
import { createForgejoTagsFeed } from './forgejo/forgejo-tags-feed.ts'
import { createGithubFeed } from './github/github-feed.ts'
import { createGithubTagsFeed } from './github/github-tags-feed.ts'
import { createGitlabFeed } from './gitlab/gitlab-feed.ts'
import { createGitlabTagsFeed } from './gitlab/gitlab-tags-feed.ts'
import { createNpmFeed } from './npm/npm-feed.ts'
import { createPypiFeed } from './pypi/pypi-feed.ts'
import { requestFor, serve } from './testing/serve.ts'
import type { Feed, FeedRequest, FeedResult } from './types.ts'

async function poll(feed: Feed, body: string | Buffer, more: Partial<FeedRequest> = {}): Promise<FeedResult> {
  await using server = await serve((request, response) => {
    if (request.headers['if-none-match'] === '"1"') response.writeHead(304).end()
    else response.writeHead(200, { etag: '"1"' }).end(body)
  })
  return await feed.poll(requestFor(`${server.origin}/feed`, more))
}

async function pollFixture(feed: Feed, path: string, more: Partial<FeedRequest> = {}) {
  const result = await poll(feed, readFileSync(new URL(path, import.meta.url)), more)
  if (result.kind !== 'releases') throw new Error(JSON.stringify(result))
  return result
}

it("reads GitHub's API with flags, notes and files", async () => {
  const { releases, problems } = await pollFixture(createGithubFeed(), './github/fixtures/releases.json')
  expect(releases).toEqual([
    {
      tag: 'rust-v0.155.0-alpha.2',
      title: '0.155.0-alpha.2',
      publishedAt: '2026-07-30T09:12:41.000Z',
      url: 'https://github.com/openai/codex/releases/tag/rust-v0.155.0-alpha.2',
      prerelease: true,
      draft: false,
      assets: [],
    },
    {
      tag: 'rust-v0.154.0',
      title: 'Summer',
      publishedAt: '2026-07-29T17:02:10.000Z',
      url: 'https://github.com/openai/codex/releases/tag/rust-v0.154.0',
      prerelease: false,
      draft: false,
      notes: '## Security\r\nA fix.',
      assets: [
        {
          name: 'codex-x86_64.tar.gz',
          url: 'https://github.com/openai/codex/releases/download/rust-v0.154.0/codex-x86_64.tar.gz',
        },
      ],
    },
    {
      tag: 'rust-v0.156.0',
      title: 'rust-v0.156.0',
      publishedAt: null,
      url: null,
      prerelease: false,
      draft: true,
      assets: [],
    },
  ])
  expect(problems).toEqual([])
})

it("reads GitLab's API, where an upcoming release is a draft", async () => {
  const { releases } = await pollFixture(createGitlabFeed(), './gitlab/fixtures/releases.json')
  expect(releases).toMatchObject([
    {
      tag: 'v2026.7.30',
      title: 'July',
      prerelease: null,
      draft: false,
      notes: 'notes',
      url: 'https://gitlab.com/group/tool/-/releases/v2026.7.30',
      assets: [{ name: 'tool.deb', url: 'https://gitlab.com/x/tool.deb' }],
    },
    { tag: 'v2027.1.1', draft: true },
  ])
})

it("reads Forgejo's API", async () => {
  const { releases } = await pollFixture(createForgejoFeed(), './forgejo/fixtures/releases.json')
  expect(releases).toMatchObject([
    {
      tag: 'v11.0.0',
      publishedAt: '2026-07-30T06:00:00.000Z',
      prerelease: false,
      assets: [{ name: 'forgejo.xz' }],
    },
    { tag: 'v12.0.0-rc1', title: 'v12.0.0-rc1', publishedAt: null, prerelease: true, assets: [] },
  ])
})

it("reads a package on npm, newest first, as the upstream's tags", async () => {
  const { releases } = await pollFixture(createNpmFeed(), './npm/fixtures/packument.json', { tagPrefix: 'v' })
  expect(releases.map(({ tag, title, prerelease }) => [tag, title, prerelease])).toEqual([
    ['v2.0.0-rc.1', '@scope/tool 2.0.0-rc.1', true],
    ['v1.1.0', '@scope/tool 1.1.0', false],
    ['v1.0.0', '@scope/tool 1.0.0', false],
  ])
})

it('reads a project on PyPI, and reports what was yanked', async () => {
  const { releases, problems } = await pollFixture(createPypiFeed(), './pypi/fixtures/project.json')
  expect(releases.map(({ tag, publishedAt }) => [tag, publishedAt])).toEqual([
    ['1.1', '2026-03-01T00:00:00.000Z'],
    ['1.0', '2026-01-01T00:00:00.000Z'],
  ])
  expect(problems).toEqual(['The release "1.0.1" was yanked.', 'The release "0.9" has no files.'])
})

it('reads a crate in the index, and reports what was yanked', async () => {
  const { releases, problems } = await pollFixture(createCratesFeed(), './crates/fixtures/index.txt')
  expect(releases.map(({ tag, prerelease }) => [tag, prerelease])).toEqual([
    ['1.0.1-beta.1', true],
    ['0.9.0', false],
  ])
  expect(problems).toEqual(['The release "1.0.0" was yanked.'])
})

it('leaves out what was deprecated on npm, unless the whole package is', async () => {
  const versions = {
    '1.0.0': {},
    '1.0.1': { deprecated: 'broken' },
    '1.1.0': { deprecated: '' },
    '2.0.0': null,
  }
  const one = await poll(createNpmFeed(), JSON.stringify({ name: 'tool', versions }))
  expect(one).toMatchObject({ releases: [{ tag: '2.0.0' }, { tag: '1.1.0' }, { tag: '1.0.0' }] })
  expect(one).toMatchObject({ problems: ['The release "1.0.1" was deprecated.'] })
  const all = { '1.0.0': { deprecated: 'use another' }, '2.0.0': { deprecated: 'use another' } }
  const whole = await poll(createNpmFeed(), JSON.stringify({ name: 'tool', versions: all }))
  expect(whole).toMatchObject({ releases: [{ tag: '2.0.0' }, { tag: '1.0.0' }], problems: [] })
})

it.each([
  [createGithubFeed(), 'tag_name'],
  [createForgejoFeed(), 'tag_name'],
  [createGitlabFeed(), 'tag_name'],
  [createGithubTagsFeed(), 'name'],
  [createGitlabTagsFeed(), 'name'],
  [createForgejoTagsFeed(), 'name'],
] as const)('loses no release to another that cannot be read: %o', async (feed, name) => {
  const odd = { assets: null, published_at: 7, released_at: [], body: {}, prerelease: null, _links: [] }
  const bad = [{ name: 'no tag', tag_name: null, ...(name === 'name' ? { name: 7 } : {}) }, null, 'x']
  const result = await poll(feed, JSON.stringify([...bad, { [name]: 'v1', ...odd }]))
  expect(result).toMatchObject({ releases: [{ tag: 'v1', publishedAt: null }] })
  expect(result.kind === 'releases' && result.problems).toHaveLength(3)
})

it('loses no version of a crate to a line that cannot be read, and takes no empty file for a crate', async () => {
  const line = JSON.stringify({ name: 'tool', vers: '1.0.0' })
  const result = await poll(createCratesFeed(), `${line}\n{"name":"tool"}\n<html>\n`)
  expect(result).toMatchObject({ releases: [{ tag: '1.0.0' }] })
  expect(result.kind === 'releases' && result.problems).toHaveLength(2)
  expect(await poll(createCratesFeed(), '')).toMatchObject({ kind: 'failed', reason: 'feed-invalid' })
})

const feeds = [
  createGithubTagsFeed(),
  createGitlabTagsFeed(),
  createForgejoTagsFeed(),
  createGithubFeed(),
  createGitlabFeed(),
  createForgejoFeed(),
  createNpmFeed(),
  createPypiFeed(),
  createCratesFeed(),
]

describe.each(feeds.map((feed) => [feed.kind, feed] as const))('%s', (_kind, feed) => {
  it('asks conditionally', async () => {
    const cursor = { etag: '"1"', lastModified: null }
    expect(await poll(feed, '[]', { cursor })).toEqual({ kind: 'not-modified', cursor })
  })

  it('answers garbage with a value', async () => {
    const bodies = [
      '{',
      'null',
      '"x"',
      '[[]]',
      '[{"tag_name":1}]',
      '{"versions":[]}',
      '<html>',
      '['.repeat(200_000),
      Buffer.from([255, 0, 1]),
    ]
    for (const body of bodies) {
      expect(await poll(feed, body)).toMatchObject({
        kind: 'failed',
        reason: 'feed-invalid',
        retryAfterSeconds: null,
      })
    }
  })

  it('answers with a value whatever comes', async () => {
    await using server = await serve((_request, response) => response.end(body))
    let body = ''
    await fc.assert(
      fc.asyncProperty(fc.json(), async (text) => {
        body = text
        expect(['releases', 'failed']).toContain((await feed.poll(requestFor(server.origin))).kind)
      }),
      { numRuns: 30 },
    )
  })
})

it('never sends its token in the clear', async () => {
  await using server = await serve((_request, response) => response.end('[]'))
  await createForgejoFeed().poll(requestFor(server.origin, { token: 'hunter2' }))
  expect(server.requests.map(({ headers }) => headers.authorization)).toEqual([undefined])
})

it('says where it has moved to for good, not where it is for the time being', async () => {
  await using server = await serve((request, response) => {
    const statuses = new URL(request.url ?? '', 'http://x').pathname.split('/').filter(Boolean)
    const [status, ...rest] = statuses
    if (Number(status) > 0) response.writeHead(Number(status), { location: `/${rest.join('/')}` }).end()
    else response.end('[]')
  })
  const feed = createForgejoFeed()
  const moved = async (path: string) => feed.poll(requestFor(`${server.origin}/${path}`))
  expect(await moved('301')).toMatchObject({ kind: 'releases', movedTo: `${server.origin}/` })
  expect(await moved('301/308')).toMatchObject({ movedTo: `${server.origin}/` })
  expect(await moved('301/302')).toMatchObject({ movedTo: `${server.origin}/302` })
  expect(await moved('301/302/301')).toMatchObject({ movedTo: `${server.origin}/302/301` })
  expect(await moved('302/301')).not.toHaveProperty('movedTo')
  expect(await moved('302')).not.toHaveProperty('movedTo')
  expect(await moved(`301/${'0'.repeat(300)}`)).not.toHaveProperty('movedTo')
  expect(await moved('301/404')).toMatchObject({ kind: 'failed', reason: 'feed-http-404' })
})

it('has not moved when it leads back to where it was, or only adds what was ours', async () => {
  let first = true
  await using server = await serve((request, response) => {
    const again = new URL(request.url ?? '', 'http://x')
    if (first) response.writeHead(301, { location: again.pathname + again.search }).end()
    else response.end('[]')
    first = false
  })
  expect(await createGithubFeed().poll(requestFor(`${server.origin}/feed`))).not.toHaveProperty('movedTo')
  await using renamed = await serve((request, response) => {
    const asked = new URL(request.url ?? '', 'http://x')
    if (asked.pathname === '/old') response.writeHead(301, { location: `/new${asked.search}` }).end()
    else response.end('[]')
  })
  expect(await createGithubFeed().poll(requestFor(`${renamed.origin}/old?sort=x`))).toMatchObject({
    movedTo: `${renamed.origin}/new?sort=x`,
  })
})

it('names a release that Git takes for no tag, and keeps long texts short', async () => {
  const body = JSON.stringify([
    { tag_name: '--upload-pack=x', name: 'x' },
    { tag_name: 'v1', name: 'x'.repeat(10_000), body: 'y'.repeat(200_000), html_url: 'file:///etc/passwd' },
  ])
  const result = await poll(createForgejoFeed(), body)
  expect(result).toMatchObject({
    releases: [
      { tag: 'v1', url: null, title: expect.stringMatching(/^x{199}…$/), notes: 'y'.repeat(125_000) },
    ],
    problems: ['The release "--upload-pack=x" has a name that Git takes for no tag.'],
  })
})

import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { createFeed } from './create-feed.ts'
import { requestFor, serve } from './testing/serve.ts'

/** What a fixture says when it is found at an address of its kind. */
async function poll(path: string, fixture: string) {
  await using server = await serve((_request, response) => {
    response.end(readFileSync(new URL(fixture, import.meta.url)))
  })
  const url = `${server.origin}${path}`
  const result = await createFeed(url).poll(requestFor(url))
  if (result.kind !== 'releases') throw new Error(JSON.stringify(result))
  const releases = result.releases.map(({ tag, publishedAt }) => [tag, publishedAt])
  return { releases, problems: result.problems }
}

it.each([
  [
    '/o/r/releases.atom',
    './atom/fixtures/forgejo-releases.atom',
    'v11.0.0',
    '2026-07-30T08:00:00.000Z',
    'v11.0.0-rc1',
  ],
  [
    '/g/s/t/-/releases.atom',
    './atom/fixtures/gitlab-releases.atom',
    'v2.0.0',
    '2026-07-30T07:00:00.000Z',
    'lib/v1.4.0',
  ],
  ['/o/r/tags.atom', './atom/fixtures/github-tags.atom', 'r15c', '2026-07-30T09:12:41.000Z', 'release-3-2-1'],
  [
    '/rss/project/tool/releases.xml',
    './atom/fixtures/pypi-releases.rss',
    '1.2.0',
    '2026-07-30T08:00:00.000Z',
    '1.2.0rc1',
  ],
  ['/api/v3/repos/o/r/tags', './github/fixtures/tags.json', 'r15c', null, 'release-3-2-1'],
  [
    '/api/v4/projects/7/repository/tags',
    './gitlab/fixtures/tags.json',
    'v2.0.0',
    '2026-07-30T08:00:00.000Z',
    'v1.0.0',
  ],
  ['/api/v1/repos/o/r/tags', './forgejo/fixtures/tags.json', 'v11.0.0', null, 'lib/v1.2.0'],
])('reads what is found at %s: %s', async (path, fixture, tag, publishedAt, second) => {
  const { releases, problems } = await poll(path, fixture)
  expect(releases[0]).toEqual([tag, publishedAt])
  expect(releases[1]?.[0]).toBe(second)
  expect(releases).toHaveLength(2)
  expect(problems).toEqual([])
})

it('reports every entry that would have to be guessed, and takes the others', async () => {
  const { releases, problems } = await poll('/o/r/releases.atom', './atom/fixtures/odd-entries.atom')
  expect(releases.map(([tag]) => tag)).toEqual(['v5.0.0', 'v5.0.0'])
  expect(problems).toEqual([
    'The entry "v1.0.0" names "v2.0.0" in its link and "v1.0.0" in its id.',
    'The entry "v3.0.0 is out" names no tag in its link or id.',
    'The entry "v4.0.0" names no tag in its link or id.',
    'The entry "bad" names "--upload-pack=touch", which Git takes for no tag.',
  ])
})

import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { isTagName } from '../../domain/version/tag-name.ts'
import { createAtomFeed } from './atom/atom-feed.ts'
import { createCratesFeed } from './crates/crates-feed.ts'
import { createForgejoFeed } from './forgejo/forgejo-feed.ts'
import { createForgejoTagsFeed } from './forgejo/forgejo-tags-feed.ts'
import { createGithubFeed } from './github/github-feed.ts'
import { createGithubTagsFeed } from './github/github-tags-feed.ts'
import { createGitlabFeed } from './gitlab/gitlab-feed.ts'
import { createGitlabTagsFeed } from './gitlab/gitlab-tags-feed.ts'
import { createNpmFeed } from './npm/npm-feed.ts'
import { createPypiFeed } from './pypi/pypi-feed.ts'
import { type LoopbackServer, requestFor, serve } from './testing/serve.ts'
import { type Feed, type FeedResult, mostReleases } from './types.ts'

const atom = [
  'github-releases.atom',
  'github-tags.atom',
  'gitlab-tags.atom',
  'gitlab-releases.atom',
  'forgejo-releases.rss',
  'forgejo-releases.atom',
  'pypi-releases.rss',
  'plain.rss',
  'odd-entries.atom',
]
const kinds: readonly (readonly [string, Feed, readonly string[], number])[] = [
  ['Atom and RSS', createAtomFeed(), atom.map((name) => `./atom/fixtures/${name}`), 60],
  ["GitHub's releases", createGithubFeed(), ['./github/fixtures/releases.json'], 200],
  ["GitHub's tags", createGithubTagsFeed(), ['./github/fixtures/tags.json'], 100],
  ["GitLab's releases", createGitlabFeed(), ['./gitlab/fixtures/releases.json'], 200],
  ["GitLab's tags", createGitlabTagsFeed(), ['./gitlab/fixtures/tags.json'], 100],
  ["Forgejo's releases", createForgejoFeed(), ['./forgejo/fixtures/releases.json'], 200],
  ["Forgejo's tags", createForgejoTagsFeed(), ['./forgejo/fixtures/tags.json'], 100],
  ['npm', createNpmFeed(), ['./npm/fixtures/packument.json'], 200],
  ['PyPI', createPypiFeed(), ['./pypi/fixtures/project.json'], 200],
  ['crates.io', createCratesFeed(), ['./crates/fixtures/index.txt'], 200],
]

let server: LoopbackServer
let body: Buffer = Buffer.alloc(0)
let type = ''
beforeAll(async () => {
  server = await serve((_request, response) => {
    response.writeHead(200, type === '' ? {} : { 'content-type': type }).end(body)
  })
})
afterAll(() => server[Symbol.asyncDispose]())

/** Where to change a document, as parts of its length, and how. */
const change = fc.record({
  at: fc.double({ min: 0, max: 1, noNaN: true }),
  length: fc.oneof(fc.integer({ min: 0, max: 8 }), fc.integer({ min: 0, max: 400 })),
  how: fc.oneof(
    fc.record({
      kind: fc.constant('repeat' as const),
      times: fc.oneof(fc.integer({ min: 0, max: 3 }), fc.constant(3_000)),
    }),
    fc.record({ kind: fc.constant('move' as const), to: fc.double({ min: 0, max: 1, noNaN: true }) }),
    fc.record({
      kind: fc.constant('put' as const),
      bytes: fc.oneof(
        fc.uint8Array({ maxLength: 12 }).map((bytes) => Buffer.from(bytes)),
        fc
          .constantFrom(
            '<',
            '>',
            '&',
            '"',
            "'",
            '</entry>',
            '<entry>',
            '<![CDATA[',
            ']]>',
            '<!--',
            '&x;',
            '&#0;',
            '<link/>',
            '{',
            '}',
            '[',
            ']',
            'null',
            '1e999',
            '"\\u0000"',
            '"__proto__":',
            '0000-99-99',
            '\u001b[2J',
            '\u202e',
            '-',
            '..',
            '%ff',
            '\ufeff',
            '<!DOCTYPE a [<!ENTITY x "y">]>',
            '<?xml version="1.0" encoding="utf-16"?>',
          )
          .map((text) => Buffer.from(text)),
      ),
    }),
  ),
})
type Change = typeof change extends fc.Arbitrary<infer T> ? T : never

function changed(before: Buffer, { at, length, how }: Change): Buffer {
  const from = Math.floor(at * before.length)
  const slice = before.subarray(from, from + length)
  const rest = Buffer.concat([before.subarray(0, from), before.subarray(from + length)])
  switch (how.kind) {
    case 'repeat':
      return Buffer.concat([
        before.subarray(0, from),
        ...Array<Buffer>(how.times).fill(slice),
        before.subarray(from),
      ])
    case 'move': {
      const to = Math.floor(how.to * rest.length)
      return Buffer.concat([rest.subarray(0, to), slice, rest.subarray(to)])
    }
    case 'put':
      return Buffer.concat([before.subarray(0, from), how.bytes, before.subarray(from + length)])
  }
}

const control = /[\u0000-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/
const time = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/
const reasons = ['feed-invalid', 'feed-too-large', 'feed-timeout']

/** What must hold of an answer, whatever the document was. */
function check(result: FeedResult): void {
  if (result.kind === 'failed') {
    expect(reasons).toContain(result.reason)
    expect(result.message).not.toMatch(control)
    expect(result.message.length).toBeLessThan(600)
    return
  }
  if (result.kind !== 'releases') throw new Error(result.kind)
  expect(result.releases.length).toBeLessThanOrEqual(mostReleases)
  expect(result.problems.length).toBeLessThanOrEqual(21)
  for (const problem of result.problems) {
    expect(problem).not.toMatch(control)
    expect(problem.length).toBeLessThan(400)
  }
  for (const { tag, title, publishedAt, url, notes = '', assets = [] } of result.releases) {
    expect(isTagName(tag)).toBe(true)
    expect(title).not.toMatch(control)
    expect(title.length).toBeLessThanOrEqual(200)
    expect(publishedAt === null || time.test(publishedAt)).toBe(true)
    for (const page of [url, ...assets.map((asset) => asset.url)]) {
      expect(page === null || /^https?:\/\/[^\s@]+/.test(page)).toBe(true)
    }
    expect(notes.length).toBeLessThanOrEqual(125_000)
    expect(assets.length).toBeLessThanOrEqual(8)
  }
}

describe.each(kinds)('%s', (_kind, feed, fixtures, numRuns) => {
  it('is read or refused, and harms nobody, however it is damaged', { timeout: 300_000 }, async () => {
    const documents = fixtures.map((path) => readFileSync(new URL(path, import.meta.url)))
    const types = fc.constantFrom(
      '',
      'application/xml',
      'text/xml; charset=utf-16',
      'application/json; charset=x',
    )
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...documents),
        fc.array(change, { minLength: 1, maxLength: 6 }),
        types,
        async (document, changes, contentType) => {
          body = changes.reduce(changed, document)
          type = contentType
          check(await feed.poll(requestFor(`${server.origin}/feed`)))
        },
      ),
      { numRuns },
    )
  })
})

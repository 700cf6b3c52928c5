import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { requestFor, serve } from '../testing/serve.ts'
import type { FeedResult } from '../types.ts'
import { createAtomFeed } from './atom-feed.ts'

const feed = createAtomFeed()

async function poll(body: string | Uint8Array, contentType = 'application/xml'): Promise<FeedResult> {
  await using server = await serve((_request, response) => {
    response.writeHead(200, { 'content-type': contentType, etag: '"1"' }).end(body)
  })
  return await feed.poll(requestFor(`${server.origin}/releases.atom`))
}

async function pollFixture(name: string) {
  const result = await poll(readFileSync(new URL(`./fixtures/${name}`, import.meta.url)))
  if (result.kind !== 'releases') throw new Error(JSON.stringify(result))
  return result
}

function atom(...entries: readonly string[]): string {
  return `<feed xmlns="http://www.w3.org/2005/Atom"><title>t</title>${entries.join('')}</feed>`
}

function entry(tag: string, more = ''): string {
  return `<entry><id>tag:github.com,2008:Repository/1/${tag}</id><title>x</title>${more}</entry>`
}

describe('a feed of', () => {
  it('GitHub gives the tags, not the titles', async () => {
    const { releases, problems, cursor } = await pollFixture('github-releases.atom')
    expect(releases).toEqual([
      {
        tag: 'rust-v0.155.0-alpha.2',
        title: '0.155.0-alpha.2',
        publishedAt: '2026-07-30T09:12:41.000Z',
        url: 'https://github.com/openai/codex/releases/tag/rust-v0.155.0-alpha.2',
        prerelease: null,
        notes: 'Release 0.155.0-alpha.2',
      },
      expect.objectContaining({ tag: 'rust-v0.154.0', title: 'A summer release, like v9.9.9 in name only' }),
      expect.objectContaining({ tag: 'gopls/v0.16.2' }),
    ])
    expect(problems).toEqual([])
    expect(cursor).toEqual({ etag: '"1"', lastModified: null })
  })

  it.each([
    ['HTML', '<content type="html">&lt;p&gt;Fixes &lt;b&gt;CVE&lt;/b&gt;-2026-1&lt;/p&gt;</content>'],
    ['XHTML', '<content type="xhtml"><div><p>Fixes <b>CVE</b>-2026-1</p></div></content>'],
    ['a summary', '<summary>Fixes CVE-2026-1</summary>'],
  ])('entries gives their notes, in %s', async (_, notes) => {
    const result = await poll(atom(entry('v2', notes), entry('v1')))
    if (result.kind !== 'releases') throw new Error(JSON.stringify(result))
    const [first, second] = result.releases
    expect(first?.notes?.match(/CVE|-2026-1/g)).toEqual(['CVE', '-2026-1'])
    expect(second).not.toHaveProperty('notes')
  })

  it('GitLab gives its tags and releases', async () => {
    const { releases, problems } = await pollFixture('gitlab-tags.atom')
    expect(releases.map(({ tag }) => tag)).toEqual(['v2026.7.30', 'v2026.6.1'])
    expect(problems).toEqual([])
  })

  it('Forgejo gives the tags of its RSS', async () => {
    const { releases, problems } = await pollFixture('forgejo-releases.rss')
    expect(releases.map(({ tag, publishedAt }) => [tag, publishedAt])).toEqual([
      ['v11.0.0', '2026-07-30T08:00:00.000Z'],
      ['lib/v1.2.0', '2026-07-29T08:00:00.000Z'],
    ])
    expect(problems).toEqual([])
  })

  it('a plain site gives what it names, in its own encoding, and reports the rest', async () => {
    const { releases, problems } = await pollFixture('plain.rss')
    expect(releases).toMatchObject([
      { tag: 'release-3-2-1', title: 'Tool 3.2.1 with a fête', publishedAt: '2026-07-30T06:00:00.000Z' },
      { tag: 'release-3-2-0', publishedAt: null },
    ])
    expect(problems).toEqual(['The entry "v9.9.9: we moved house" names no tag in its link or id.'])
  })
})

describe('a feed that is not quite right', () => {
  it('loses no entry to a bad date, a link without an address or markup in the title', async () => {
    const result = await poll(
      atom(
        entry('v1', '<published>yesterday</published><updated>2026-07-30T08:00:00Z</updated>'),
        entry('v2', '<updated>0000-99-99</updated>'),
        entry('v3', '<link>https://a.example</link>'),
        entry('v4', '<published a="b">2026-07-30T08:00:00Z</published><author/><link/>'),
        entry(
          'v5',
          '<content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml"><p>x</p></div></content>',
        ),
      ),
    )
    expect(result).toMatchObject({
      kind: 'releases',
      releases: [
        { tag: 'v1', publishedAt: '2026-07-30T08:00:00.000Z' },
        { tag: 'v2', publishedAt: null },
        { tag: 'v3' },
        { tag: 'v4' },
        { tag: 'v5' },
      ],
    })
  })

  it('gives ten thousand entries, the last of which may be the newest', async () => {
    const many = atom(...Array.from({ length: 10_000 }, (_, index) => entry(`v1.${index}`)))
    const patient = createAtomFeed({ totalMilliseconds: 20_000, bytes: 5_000_000, parseMilliseconds: 20_000 })
    await using server = await serve((_request, response) => response.end(many))
    const result = await patient.poll(requestFor(`${server.origin}/releases.atom`))
    expect(result.kind === 'releases' && result.releases).toHaveLength(10_000)
  })

  it('loses no entry to one that is empty, or a text', async () => {
    const odd = await poll(atom('<entry/>', '<entry>v9</entry>', entry('v1')))
    expect(odd).toMatchObject({ releases: [{ tag: 'v1' }] })
    expect(odd.kind === 'releases' && odd.problems).toHaveLength(2)
    const item = '<item><link>https://a.example/releases/tag/v1</link></item>'
    const rss = await poll(`<rss version="2.0"><channel><item/><item>v9</item>${item}</channel></rss>`)
    expect(rss).toMatchObject({ releases: [{ tag: 'v1' }] })
  })

  it('has no time where only a part of it reads as one, and the time of an element with attributes', async () => {
    const result = await poll(
      atom(
        entry('v1', '<updated>release 5</updated>'),
        entry('v2', '<updated>0001-01-01T00:00:00Z</updated>'),
        entry('v3', '<updated a="b">2026-07-30T08:00:00Z</updated>'),
      ),
    )
    expect(result).toMatchObject({
      releases: [{ publishedAt: null }, { publishedAt: null }, { publishedAt: '2026-07-30T08:00:00.000Z' }],
    })
  })

  it('reports at most twenty problems, and how many more there are', async () => {
    const result = await poll(
      atom(...Array.from({ length: 50 }, () => '<entry><id>1</id><title>x</title></entry>')),
    )
    expect(result.kind === 'releases' && result.problems).toHaveLength(21)
  })

  it('may be empty', async () => {
    expect(await poll(atom())).toMatchObject({ kind: 'releases', releases: [], problems: [] })
    expect(await poll('<rss version="2.0"><channel><title>t</title></channel></rss>')).toMatchObject({
      releases: [],
    })
  })

  it('may be in UTF-16', async () => {
    const body = Buffer.from(`\ufeff${atom(entry('v1', '<title>ü</title>'))}`, 'utf16le')
    expect(await poll(body)).toMatchObject({ releases: [{ tag: 'v1' }] })
  })
})

describe('garbage after a 200', () => {
  it.each([
    ['nothing', ''],
    ['a web page', '<!DOCTYPE html><html><body><p>Sign in<br></body></html>'],
    ['JSON', '{"message":"Not Found"}'],
    ['half a feed', atom(entry('v1')).slice(0, -20)],
    ['bytes', Buffer.from([0, 255, 254, 1, 2, 3])],
    ['an entity that nobody declared', atom('<entry><title>&lol;</title></entry>')],
    ['another kind of XML', '<svg xmlns="http://www.w3.org/2000/svg"/>'],
    ['RSS without a channel', '<rss version="2.0"/>'],
    [
      'an entity bomb',
      `<?xml version="1.0"?><!DOCTYPE lolz [<!ENTITY a "lol"><!ENTITY b "&a;&a;&a;">]>${atom(entry('v1', '<title>&b;</title>'))}`,
    ],
    [
      'a file',
      `<!DOCTYPE f [<!ENTITY x SYSTEM "file:///etc/passwd">]>${atom(entry('v1', '<title>&x;</title>'))}`,
    ],
  ])('is a value, not a crash: %s', async (_what, body) => {
    expect(await poll(body)).toMatchObject({
      kind: 'failed',
      reason: 'feed-invalid',
      retryAfterSeconds: null,
    })
  })

  it('names the place without the query, which may hold a token', async () => {
    await using server = await serve((_request, response) => response.end('x'))
    const result = await feed.poll(requestFor(`${server.origin}/feed?private_token=hunter2`))
    expect(JSON.stringify(result)).not.toContain('hunter2')
  })
})

describe('a document that is made to hurt', () => {
  it('is read all the same where rss-parser alone would think for minutes', async () => {
    const content = `<content type="html">${'&lt;'.repeat(200_000)}</content>`
    expect(await poll(atom(entry('v1', content)))).toMatchObject({ releases: [{ tag: 'v1' }] })
  })

  it('is given up after the deadline, and the process goes on', async () => {
    const quick = createAtomFeed({ totalMilliseconds: 20_000, bytes: 5_000_000, parseMilliseconds: 50 })
    const body = `<feed>${'<a>'.repeat(300_000)}${'</a>'.repeat(300_000)}</feed>`
    await using server = await serve((_request, response) => response.end(body))
    expect(await quick.poll(requestFor(server.origin))).toMatchObject({
      kind: 'failed',
      reason: 'feed-timeout',
    })
  })

  it('is given up when it takes too much memory', async () => {
    const quick = createAtomFeed({ totalMilliseconds: 60_000, bytes: 60_000_000, parseMilliseconds: 60_000 })
    await using server = await serve((_request, response) =>
      response.end(`<feed>${'<a b="c"/>'.repeat(2_500_000)}</feed>`),
    )
    expect(await quick.poll(requestFor(server.origin))).toMatchObject({
      kind: 'failed',
      reason: 'feed-too-large',
    })
  })

  it('is never parsed once the caller has had enough', async () => {
    const controller = new AbortController()
    await using server = await serve((_request, response) => {
      response.end(atom(entry('v1')), () => controller.abort(new Error('enough')))
    })
    await expect(feed.poll(requestFor(server.origin, { signal: controller.signal }))).rejects.toThrow(
      'enough',
    )
  })
})

it('answers with a value whatever comes', async () => {
  const piece = fc.constantFrom(
    '<feed>',
    '</feed>',
    '<entry>',
    '</entry>',
    '<id>',
    '</id>',
    '<link href="',
    '"/>',
    '<link>',
    '</link>',
    '<rss version="2.0">',
    '</rss>',
    '<channel>',
    '</channel>',
    '<item>',
    '</item>',
    '<guid>',
    '</guid>',
    '<![CDATA[',
    ']]>',
    '<!--',
    '-->',
    '&#0;',
    '&amp;',
    '&x;',
    '<?xml version="1.0"?>',
    '<updated>',
    '</updated>',
    '2026-07-30',
    'v1.2.3',
    'https://a.example/releases/tag/v1',
    '<__proto__>',
    '<title/>',
    '<rdf:RDF>',
    ' xmlns="',
    '\u0000',
    '\ud800',
    '<a b=c>',
  )
  const body = fc.oneof(
    fc.array(piece, { maxLength: 30 }).map((pieces) => pieces.join('')),
    fc.string({ unit: 'binary', maxLength: 200 }),
  )
  await fc.assert(
    fc.asyncProperty(body, async (text) => {
      expect(['releases', 'failed']).toContain((await poll(text)).kind)
    }),
    { numRuns: 40 },
  )
})

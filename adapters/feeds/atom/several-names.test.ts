import { describe, expect, it } from 'vitest'
import { entryTag } from './entry-tag.ts'
import { parseFeed } from './parse-feed.ts'

const page = (tag: string) => `https://forge.example/o/r/releases/tag/${tag}`
const patience = { milliseconds: 20_000, signal: new AbortController().signal }

async function readings(xml: string) {
  const parsed = await parseFeed(xml, patience)
  if (parsed.kind !== 'entries') throw new Error(JSON.stringify(parsed))
  return parsed.entries.map((entry) => {
    const read = entryTag(entry, 'https://forge.example/o/r/releases.atom')
    return read.kind === 'tag' ? read.tag : read.problem
  })
}

const atom = (entry: string) =>
  `<feed xmlns="http://www.w3.org/2005/Atom"><entry><title>T</title>${entry}</entry></feed>`
const rss = (item: string) =>
  `<rss version="2.0"><channel><item><title>T</title>${item}</item></channel></rss>`
const link = (tag: string, more = 'rel="alternate"') => `<link ${more} href="${page(tag)}"/>`

describe('an entry that says it several times', () => {
  it.each([
    [
      'two alternate links',
      atom(`${link('v1')}${link('v2')}`),
      'names "v1" in its link and "v2" in another link',
    ],
    [
      'a link without a rel beside',
      atom(`${link('v1')}${link('v2', '')}`),
      'names "v1" in its link and "v2" in another link',
    ],
    ['two ids', atom('<id>v1.0</id><id>v2.0</id>'), 'names "v1.0" in its id and "v2.0" in another id'],
    [
      'a second id',
      atom(`${link('v1')}<id>${page('v1')}</id><id>${page('v2')}</id>`),
      'names "v1" in its link and "v2" in its id',
    ],
    [
      'two links of RSS',
      rss(`<link>${page('v1')}</link><link>${page('v2')}</link>`),
      'names "v1" in its link and "v2" in another link',
    ],
    [
      'two guids',
      rss('<guid>v1.0</guid><guid>v2.0</guid>'),
      'names "v1.0" in its id and "v2.0" in another id',
    ],
  ])('is reported where %s name different tags', async (_, xml, words) => {
    expect(await readings(xml)).toEqual([`The entry "T" ${words}.`])
  })

  it.each([
    [
      'the same tag twice',
      atom(`${link('v1')}${link('v1', 'rel="alternate" type="text/plain"')}<id>${page('v1')}</id>`),
    ],
    ['another page beside', atom(`<link rel="alternate" href="https://forge.example/news"/>${link('v1')}`)],
    ['a link that is no alternate', atom(`${link('v1')}${link('v2', 'rel="related"')}`)],
    ['a guid that is a number', rss(`<link>${page('v1')}</link><guid>17</guid>`)],
  ])('names its tag with %s', async (_, xml) => {
    expect(await readings(xml)).toEqual(['v1'])
  })
})

describe('prefixes', () => {
  it('of Atom are read by what they are declared for', async () => {
    const xml = `<?xml version="1.0"?><!-- <x:feed> --><a:feed xmlns:a="http://www.w3.org/2005/Atom" xmlns="http://www.w3.org/1999/xhtml">
      <a:entry><a:title>T</a:title><a:link rel="alternate" href="${page('v1')}"/><link href="${page('v9')}"/>
      <a:id>${page('v1')}</a:id><a:updated>2026-11-01T00:00:00Z</a:updated></a:entry></a:feed>`
    expect(await readings(xml)).toEqual(['v1'])
    expect(await parseFeed(xml, patience)).toMatchObject({
      entries: [{ title: 'T', published: '2026-11-01T00:00:00.000Z' }],
    })
  })

  it('of something else make no Atom of it', async () => {
    const parsed = await parseFeed('<a:feed xmlns:a="urn:other"><a:entry/></a:feed>', patience)
    expect(parsed.kind).toBe('invalid')
  })

  it('of extensions of RSS stay beside what RSS says itself', async () => {
    const xml = `<rss version="2.0" xmlns:atom="http://www.w3.org/2005/Atom" xmlns:itunes="http://www.itunes.com/dtds/podcast-1.0.dtd"
      xmlns:media="http://search.yahoo.com/mrss/" xmlns:dc="http://purl.org/dc/elements/1.1/"><channel>
      <atom:link rel="self" href="https://forge.example/feed"/><itunes:owner/><itunes:keywords/><itunes:category text="x"/>
      <item><title>T</title><atom:link rel="alternate" href="${page('v9')}"/><media:title>v8</media:title>
      <link>${page('v1')}</link><dc:date>2026-11-01T00:00:00Z</dc:date></item></channel></rss>`
    expect(await readings(xml)).toEqual(['v1'])
  })
})

import { parentPort } from 'node:worker_threads'
import Parser from 'rss-parser'
import { feedDate } from '../http/feed-date.ts'
import { mostReleases } from '../types.ts'
import type { FeedEntry, ParserMessage } from './feed-entry.ts'

/** The body of the parsing thread; see parse-feed.ts. It reads one document after the other. */

const longestField = 1_024

interface RawEntry {
  readonly title?: unknown
  readonly link?: unknown
  readonly id?: unknown
  readonly guid?: unknown
  readonly isoDate?: unknown
}

/** Texts that nobody reads here, on which rss-parser would spend quadratic time. */
const unread = /\/(?:entry|item)\/(?:content|summary|description|content:encoded)$/
const dates = /\/(?:entry|item)\/(?:published|updated|pubDate|dc:date)$/
/** Where rss-parser looks for elements, also in a text, which has `link` and `length` of its own. */
const nodes = /^\/(?:feed|(?:feed|rss\/channel|rdf:RDF)\/(?:entry|item))$/
const links = /^\/feed(?:\/entry)?\/link$/

function say(message: ParserMessage): void {
  parentPort?.postMessage(message)
}

/** Mends, element by element, what would make rss-parser throw away the whole feed. */
function mendElement(path: string, _known: unknown, value: unknown): unknown {
  if (unread.test(path)) return ''
  if (dates.test(path)) return feedDate(textOf(value) ?? '') ?? ''
  if (nodes.test(path)) return typeof value === 'object' ? value : {}
  if (links.test(path)) return { $: { rel: 'alternate', ...attributesOf(value) } }
  return value
}

function attributesOf(value: unknown): Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null || !('$' in value)) return {}
  return typeof value.$ === 'object' ? { ...value.$ } : {}
}

function textOf(value: unknown): string | null {
  const text = typeof value === 'object' && value !== null && '_' in value ? value._ : value
  return typeof text === 'string' && text.trim() !== '' ? text.trim().slice(0, longestField) : null
}

function readEntry(raw: RawEntry): FeedEntry {
  return {
    title: textOf(raw.title) ?? '',
    link: textOf(raw.link),
    id: textOf(raw.id) ?? textOf(raw.guid),
    published: textOf(raw.isoDate),
  }
}

async function parse(xml: string): Promise<ParserMessage> {
  try {
    const parser = new Parser({ xml2js: { validator: mendElement } })
    const feed = await parser.parseString(xml)
    const raw: readonly RawEntry[] = feed.items
    return { kind: 'entries', entries: raw.slice(0, mostReleases).map(readEntry) }
  } catch (error) {
    const words = error instanceof Error ? (error.message.split('\n')[0] ?? '') : ''
    return { kind: 'invalid', words: words.slice(0, 200) }
  }
}

parentPort?.on('message', (xml: unknown) => void parse(String(xml)).then(say))
say({ kind: 'ready' })

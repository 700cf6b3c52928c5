import { parentPort } from 'node:worker_threads'
import Parser from 'rss-parser'
import { readDate } from '../../../domain/read-date.ts'
import { markupText } from '../http/markup-text.ts'
import { longestNotes, mostReleases } from '../types.ts'
import { namesWithoutPrefix } from './atom-prefix.ts'
import type { FeedEntry, ParserMessage } from './feed-entry.ts'

/** The body of the parsing thread; see parse-feed.ts. It reads one document after the other. */

const longestField = 1_024
/** The name of an entry's notes on their way through rss-parser, which copies what it is told to. */
const notesName = 'undrift:notes'
/** As many links or ids of one entry as are looked at. */
const mostTexts = 32
/** The long form of `alternate` (RFC 4287, 4.2.7.2). */
const alternateIri = 'http://www.iana.org/assignments/relation/alternate'

interface RawEntry {
  readonly title?: unknown
  readonly links?: unknown
  readonly ids?: unknown
  readonly guids?: unknown
  readonly isoDate?: unknown
  readonly [notesName]?: unknown
}

/** Texts on which rss-parser would spend quadratic time, with what XHTML puts below them: it never gets to see them. */
const notes = /\/(?:entry|item)\/(?:content|summary|description|content:encoded)(?:\/|$)/
const dates = /\/(?:entry|item)\/(?:published|updated|pubDate|dc:date)$/
/** Where rss-parser looks for elements, also in a text, which has `link` and `length` of its own. */
const nodes = /^\/(?:feed|(?:feed|rss\/channel|rdf:RDF)\/(?:entry|item))$/
const links = /^\/feed(?:\/entry)?\/link$/

function say(message: ParserMessage): void {
  parentPort?.postMessage(message)
}

/** Mends, element by element, what would make rss-parser throw away the whole feed. */
function mendElement(path: string, _known: unknown, value: unknown): unknown {
  if (notes.test(path)) {
    takeNotes(value)
    return ''
  }
  if (dates.test(path)) return readDate(textOf(value) ?? '') ?? ''
  if (nodes.test(path)) return { ...(typeof value === 'object' ? value : {}), [notesName]: [takenNotes()] }
  if (links.test(path)) return { $: { rel: 'alternate', ...attributesOf(value) } }
  return value
}

/** The notes of the entry that is being read; its end takes them away. */
let notesRead = ''

function takeNotes(value: unknown): void {
  const text = typeof value === 'object' && value !== null && '_' in value ? value._ : value
  const room = longestNotes - notesRead.length - 1
  if (typeof text === 'string' && room > 0) notesRead += `${text.slice(0, room)}\n`
}

function takenNotes(): string {
  const taken = notesRead
  notesRead = ''
  return taken
}

function attributesOf(value: unknown): Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null || !('$' in value)) return {}
  return typeof value.$ === 'object' ? { ...value.$ } : {}
}

function textOf(value: unknown): string | null {
  const text = typeof value === 'object' && value !== null && '_' in value ? value._ : value
  return typeof text === 'string' && text.trim() !== '' ? text.trim().slice(0, longestField) : null
}

/** Every element of that name, without what is empty or said twice. */
function textsOf(elements: unknown): readonly string[] {
  const all = Array.isArray(elements) ? elements : []
  return [...new Set(all.flatMap((element) => textOf(element) ?? []))].slice(0, mostTexts)
}

/** The pages of an entry: in Atom those that a link calls its alternate, and the first link where none does. */
function pagesOf(elements: unknown): readonly string[] {
  const all: readonly unknown[] = Array.isArray(elements) ? elements : []
  const linked = all.map(attributesOf)
  if (linked.every(({ href }) => href === undefined)) return textsOf(elements)
  const alternate = linked.filter(({ rel }) => rel === 'alternate' || rel === alternateIri)
  return textsOf((alternate.length > 0 ? alternate : linked.slice(0, 1)).map(({ href }) => href))
}

function readEntry(raw: RawEntry): FeedEntry {
  return {
    title: textOf(raw.title) ?? '',
    links: pagesOf(raw.links),
    ids: [...textsOf(raw.ids), ...textsOf(raw.guids)],
    published: textOf(raw.isoDate),
    notes: markupText(String(raw[notesName] ?? '')),
  }
}

/** All elements of a name in an entry, where rss-parser would keep the first alone. */
function field(name: string): [string, string, { keepArray: boolean }] {
  return [name, `${name}s`, { keepArray: true }]
}

async function parse(xml: string): Promise<ParserMessage> {
  try {
    notesRead = ''
    const parser = new Parser({
      xml2js: { validator: mendElement, tagNameProcessors: [namesWithoutPrefix(xml)] },
      customFields: { item: [notesName, field('link'), field('id'), field('guid')] },
    })
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

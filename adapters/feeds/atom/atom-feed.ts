import type { FeedRelease } from '../../../domain/release.ts'
import { type FetchFailed, type FetchLimits, fetchDocument } from '../http/fetch-document.ts'
import { publicUrl } from '../http/fetch-failure.ts'
import { plainText, shortProblems } from '../http/plain-text.ts'
import type { Feed, FeedRequest, FeedResult } from '../types.ts'
import { decodeText } from './decode-text.ts'
import { entryTag } from './entry-tag.ts'
import type { FeedEntry } from './feed-entry.ts'
import { parseFeed } from './parse-feed.ts'
import type { ParsedFeed } from './parser-thread.ts'

export interface AtomLimits extends FetchLimits {
  readonly parseMilliseconds: number
}

const safetyLimits: AtomLimits = { totalMilliseconds: 20_000, bytes: 5_000_000, parseMilliseconds: 2_000 }

const longestTitle = 200
const accept = 'application/atom+xml, application/rss+xml, application/xml;q=0.9, text/xml;q=0.9, */*;q=0.1'

/** A feed in Atom or RSS, as forges and plain sites publish them. */
export function createAtomFeed(limits: AtomLimits = safetyLimits): Feed {
  return { kind: 'atom', poll: (request) => poll(request, limits) }
}

async function poll(request: FeedRequest, limits: AtomLimits): Promise<FeedResult> {
  const fetched = await fetchDocument({ ...request, accept }, limits)
  if (fetched.kind !== 'document') return fetched
  const parsed = await parseFeed(decodeText(fetched.body, fetched.contentType), {
    milliseconds: limits.parseMilliseconds,
    signal: request.signal,
  })
  if (parsed.kind !== 'entries') return failed(parsed, { url: request.url, limits })
  const { releases, problems } = readEntries(parsed.entries, fetched.url)
  const moved = fetched.movedTo === undefined ? {} : { movedTo: fetched.movedTo }
  return { kind: 'releases', cursor: fetched.cursor, releases, problems, ...moved }
}

function failed(
  parsed: Exclude<ParsedFeed, { kind: 'entries' }>,
  { url, limits }: { readonly url: string; readonly limits: AtomLimits },
): FetchFailed {
  const where = `The feed at ${publicUrl(url)}`
  const rest = { kind: 'failed', retryAfterSeconds: null } as const
  switch (parsed.kind) {
    case 'too-slow': {
      const words = `takes longer than ${limits.parseMilliseconds / 1000} s to parse`
      return { ...rest, reason: 'feed-timeout', message: `${where} ${words}.` }
    }
    case 'too-large':
      return { ...rest, reason: 'feed-too-large', message: `${where} needs too much memory to parse.` }
    case 'invalid':
      return {
        ...rest,
        reason: 'feed-invalid',
        message: `${where} is no Atom or RSS: ${parsed.words.replace(/\.+$/, '')}.`,
      }
  }
}

function readEntries(
  entries: readonly FeedEntry[],
  feedUrl: string,
): { readonly releases: readonly FeedRelease[]; readonly problems: readonly string[] } {
  const releases: FeedRelease[] = []
  const problems: string[] = []
  for (const entry of entries) {
    const read = entryTag(entry, feedUrl)
    if (read.kind === 'problem') problems.push(read.problem)
    else releases.push(toRelease(entry, { tag: read.tag, feedUrl }))
  }
  return { releases, problems: shortProblems(problems) }
}

function toRelease(
  entry: FeedEntry,
  { tag, feedUrl }: { readonly tag: string; readonly feedUrl: string },
): FeedRelease {
  return {
    tag,
    title: plainText(entry.title, longestTitle),
    publishedAt: entry.published,
    url: pageOf(entry.links[0] ?? null, feedUrl),
    prerelease: null,
    ...(entry.notes === '' ? {} : { notes: entry.notes }),
  }
}

function pageOf(link: string | null, feedUrl: string): string | null {
  if (link === null || !URL.canParse(link, feedUrl)) return null
  const { protocol, href, username, password } = new URL(link, feedUrl)
  return /^https?:$/.test(protocol) && username === '' && password === '' ? href : null
}

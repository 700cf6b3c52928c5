import { z } from 'zod'
import type { FeedCursor, FeedRequest } from '../types.ts'
import { type FetchedDocument, type FetchFailed, type FetchLimits, fetchDocument } from './fetch-document.ts'
import { publicUrl } from './fetch-failure.ts'
import type { JsonEntry } from './json-entry.ts'
import type { JsonFormat } from './json-feed.ts'
import { nextPage } from './next-page.ts'
import { plainText } from './plain-text.ts'

const mostPages = 10
const mostEntries = 1_000
/** Enough to tell that nothing was pushed off the first page, also where one stands on top for ever. */
const remembered = 3
/** A forge may put a release that was made late between older ones, where the first page does not show it. */
const mostShallow = 12

type Document = Extract<FetchedDocument, { kind: 'document' }>

/** What the pages hold, or the failure that ends the poll. */
export type ReadPages =
  | {
      readonly kind: 'pages'
      readonly entries: readonly JsonEntry[]
      readonly problems: readonly string[]
      readonly cursor: FeedCursor | null
    }
  | FetchFailed

export interface PageOptions {
  readonly format: JsonFormat
  readonly limits: FetchLimits
  /** What is left of the poll's time, in milliseconds. */
  readonly timeLeft: () => number
}

/**
 * Reads on from the first page as far as there may be news. A later page that cannot be read is named, and the poll after
 * this one begins anew; only a spent rate limit ends the poll, because it must be heeded.
 */
export async function readPages(
  first: Document,
  request: FeedRequest,
  { format, limits, timeLeft }: PageOptions,
): Promise<ReadPages> {
  const read = readEntries(first.body, { format, request })
  if (typeof read === 'string') {
    const message = `The feed at ${publicUrl(request.url)} is not what ${format.kind} sends: ${read}.`
    return { kind: 'failed', reason: 'feed-invalid', message, retryAfterSeconds: null }
  }
  if (nextPage(first.headers, first.url) === null) return found(read, { cursor: first.cursor })
  const newest = read.slice(0, remembered).map(({ tag }) => tag)
  const shallow = format.newestFirst ? shallowReads(request.cursor, read) : null
  if (shallow !== null) return found(read, { cursor: withPage(first.cursor, { newest, shallow }) })
  const all = await readOn({ first, read }, request, { format, limits, timeLeft })
  if (all.kind === 'failed') return all
  // Where a new entry may lie on any page, a first page that is unchanged would prove nothing.
  const isProof = format.newestFirst && all.problems.length === 0
  return { ...all, cursor: isProof ? withPage(first.cursor, { newest, shallow: 0 }) : null }
}

/** Reads the pages behind the first until the last, the limit, or one that cannot be read. */
async function readOn(
  { first, read }: { readonly first: Document; readonly read: readonly JsonEntry[] },
  request: FeedRequest,
  { format, limits, timeLeft }: PageOptions,
): Promise<ReadPages> {
  const entries = [...read]
  const { origin } = new URL(first.url)
  const isOwn = URL.canParse(request.url) && new URL(request.url).origin === origin
  const later = {
    ...request,
    accept: format.accept,
    cursor: null,
    token: isOwn ? (request.token ?? null) : null,
  }
  let next = nextPage(first.headers, first.url)
  for (let page = 2; next !== null && page <= mostPages && entries.length < mostEntries; page++) {
    const broken = (words: string): ReadPages =>
      found(entries, { problem: `Page ${page} of the feed ${words}; the next poll begins anew.` })
    if (next.origin !== origin) return broken('lies on another host')
    const totalMilliseconds = timeLeft()
    if (totalMilliseconds <= 0) return broken('was not reached in time')
    const fetched = await fetchDocument({ ...later, url: next.href }, { ...limits, totalMilliseconds })
    if (fetched.kind === 'failed' && fetched.reason === 'feed-rate-limited') return fetched
    if (fetched.kind === 'failed') return broken(`cannot be read (${fetched.reason})`)
    if (fetched.kind === 'not-modified') return broken('cannot be read (feed-http-304)')
    const more = readEntries(fetched.body, { format, request })
    if (typeof more === 'string') return broken(`is not what ${format.kind} sends: ${more}`)
    entries.push(...more)
    next = nextPage(fetched.headers, fetched.url)
  }
  const kept = entries.slice(0, mostEntries)
  if (next === null || format.newestFirst) return found(kept, {})
  const problem = `Only ${kept.length} entries of the feed were looked at; git+https:// reads all tags.`
  return found(kept, { problem })
}

function found(
  entries: readonly JsonEntry[],
  { problem, cursor = null }: { readonly problem?: string; readonly cursor?: FeedCursor | null },
): ReadPages {
  return { kind: 'pages', entries, problems: problem === undefined ? [] : [problem], cursor }
}

/** How often in a row the first page alone was read, this time too; null when that is not enough. */
function shallowReads(cursor: FeedCursor | null, entries: readonly JsonEntry[]): number | null {
  const before = cursor?.page
  if (before === undefined || before.newest.length === 0 || before.shallow >= mostShallow) return null
  const tags = new Set(entries.map(({ tag }) => tag))
  return before.newest.every((tag) => tags.has(tag)) ? before.shallow + 1 : null
}

function withPage(cursor: FeedCursor | null, page: NonNullable<FeedCursor['page']>): FeedCursor {
  return { etag: null, lastModified: null, ...cursor, page }
}

/** The entries, or what is wrong with the body. */
function readEntries(
  body: Uint8Array,
  { format, request }: { readonly format: JsonFormat; readonly request: FeedRequest },
): readonly JsonEntry[] | string {
  const text = Buffer.from(body).toString('utf8')
  try {
    return format.read(format.decode ? format.decode(text) : JSON.parse(text), request)
  } catch (error) {
    if (error instanceof z.ZodError) {
      const [issue] = error.issues
      return plainText(`${issue?.path.join('.') || 'the document'}: ${issue?.message}`, 200)
    }
    // A deeply nested document overflows the stack; that, too, is the document's fault.
    if (error instanceof SyntaxError || error instanceof RangeError) return 'it is no JSON'
    throw error
  }
}

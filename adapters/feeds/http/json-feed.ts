import { z } from 'zod'
import type { FeedRelease } from '../../../domain/release.ts'
import { isTagName } from '../../../domain/version/tag-name.ts'
import type { Feed, FeedRequest, FeedResult } from '../types.ts'
import { type FetchLimits, fetchDocument } from './fetch-document.ts'
import { publicUrl } from './fetch-failure.ts'
import { plainText, shortProblems } from './plain-text.ts'

const safetyLimits: FetchLimits = { totalMilliseconds: 20_000, bytes: 5_000_000 }

const mostReleases = 1_000
const longestNotes = 1_000
const longestTitle = 200
const longestUrl = 300
const mostAssets = 8

/** A release as a feed's format names it; everything is still a stranger's word. */
export interface JsonEntry extends Omit<FeedRelease, 'title' | 'notes' | 'assets'> {
  readonly title?: string | null | undefined
  readonly notes?: string | null | undefined
  readonly assets?: readonly { readonly name: string; readonly url: string }[]
  /** Why it is no release after all, such as `was yanked`. */
  readonly problem?: string
}

/** What makes one JSON feed different from another. */
export interface JsonFormat {
  readonly kind: string
  readonly accept: string
  /** The address to ask, from the one that the config names. */
  readonly address?: (url: URL) => URL
  /** Turns the body into a value; JSON when left out. */
  readonly decode?: (text: string) => unknown
  /** Newest first. Throws a ZodError for another shape than the format's. */
  readonly read: (value: unknown, request: Pick<FeedRequest, 'tagPrefix'>) => readonly JsonEntry[]
}

/** A feed that is one JSON document: a forge's API or a package registry. */
export function createJsonFeed(format: JsonFormat, limits: FetchLimits = safetyLimits): Feed {
  return { kind: format.kind, poll: (request) => poll(request, { format, limits }) }
}

async function poll(
  request: FeedRequest,
  { format, limits }: { readonly format: JsonFormat; readonly limits: FetchLimits },
): Promise<FeedResult> {
  const { address, accept } = format
  const url = address && URL.canParse(request.url) ? address(new URL(request.url)).href : request.url
  const fetched = await fetchDocument({ ...request, url, accept }, limits)
  if (fetched.kind !== 'document') return fetched
  const entries = readBody(fetched.body, { format, request })
  if (typeof entries === 'string') {
    const message = `The feed at ${publicUrl(request.url)} is not what ${format.kind} sends: ${entries}.`
    return { kind: 'failed', reason: 'feed-invalid', message, retryAfterSeconds: null }
  }
  const kept = entries.slice(0, mostReleases)
  const moved = fetched.movedTo === undefined ? {} : { movedTo: fetched.movedTo }
  return {
    kind: 'releases',
    cursor: fetched.cursor,
    releases: kept.filter((entry) => problemOf(entry) === null).map(toRelease),
    problems: shortProblems(kept.map(problemOf).filter((problem) => problem !== null)),
    ...moved,
  }
}

/** The entries, or what is wrong with the body. */
function readBody(
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

function problemOf({ tag, problem }: JsonEntry): string | null {
  const name = `"${plainText(tag, 80)}"`
  if (problem !== undefined) return `The release ${name} ${problem}.`
  return isTagName(tag) ? null : `The release ${name} has a name that Git takes for no tag.`
}

function toRelease({
  tag,
  title,
  publishedAt,
  url,
  prerelease,
  draft,
  notes,
  assets,
}: JsonEntry): FeedRelease {
  return {
    tag,
    title: plainText(title || tag, longestTitle),
    publishedAt: dateOf(publishedAt),
    url: pageOf(url),
    prerelease,
    ...(draft === undefined ? {} : { draft }),
    ...(notes ? { notes: notes.slice(0, longestNotes) } : {}),
    ...(assets ? { assets: assets.slice(0, mostAssets).flatMap(assetOf) } : {}),
  }
}

function assetOf({ name, url }: { readonly name: string; readonly url: string }) {
  const page = pageOf(url)
  return page === null ? [] : [{ name: plainText(name, longestTitle), url: page }]
}

function dateOf(text: string | null): string | null {
  const time = text === null ? Number.NaN : Date.parse(text)
  return Number.isNaN(time) ? null : new Date(time).toISOString()
}

function pageOf(text: string | null): string | null {
  if (text === null || !URL.canParse(text)) return null
  const { protocol, href, username, password } = new URL(text)
  const isPlain = /^https?:$/.test(protocol) && username === '' && password === ''
  return isPlain && href.length <= longestUrl ? href : null
}

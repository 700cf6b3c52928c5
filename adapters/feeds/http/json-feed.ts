import { type Feed, type FeedCursor, type FeedRequest, type FeedResult, mostReleases } from '../types.ts'
import { type FetchLimits, fetchDocument } from './fetch-document.ts'
import { type JsonEntry, problemOf, toRelease } from './json-entry.ts'
import { shortProblems } from './plain-text.ts'
import { readPages } from './read-pages.ts'

/** The time is for all pages together, the size for each. */
const safetyLimits: FetchLimits = { totalMilliseconds: 20_000, bytes: 5_000_000 }

/** What makes one JSON feed different from another. */
export interface JsonFormat {
  readonly kind: string
  readonly accept: string
  /** The address to ask, from the one that the config names. */
  readonly address?: (url: URL) => URL
  /** Turns the body into a value; JSON when left out. */
  readonly decode?: (text: string) => unknown
  /** Newest first as a rule. Throws a ZodError for another shape than the format's. */
  readonly read: (value: unknown, request: Pick<FeedRequest, 'tagPrefix'>) => readonly JsonEntry[]
  /** Whether a new entry comes to the front, so that a first page which is unchanged proves that there is none. */
  readonly newestFirst?: boolean
  /** What a person is told of a feed without any entry. */
  readonly whenEmpty?: string
}

/** A feed in JSON: a forge's API, page by page, or the one document of a package registry. */
export function createJsonFeed(format: JsonFormat, limits: FetchLimits = safetyLimits): Feed {
  return { kind: format.kind, poll: (request) => poll(request, { format, limits }) }
}

async function poll(
  request: FeedRequest,
  { format, limits }: { readonly format: JsonFormat; readonly limits: FetchLimits },
): Promise<FeedResult> {
  const began = performance.now()
  const { address, accept } = format
  const url = address && URL.canParse(request.url) ? address(new URL(request.url)).href : request.url
  const fetched = await fetchDocument({ ...request, url, accept }, limits)
  if (fetched.kind === 'failed') return fetched
  const moved = movedFrom(request.url, { asked: url, movedTo: fetched.movedTo })
  if (fetched.kind === 'not-modified') {
    return { kind: 'not-modified', cursor: keepPage(fetched.cursor, request.cursor), ...moved }
  }
  const timeLeft = () => Math.floor(limits.totalMilliseconds - (performance.now() - began))
  const pages = await readPages(fetched, request, { format, limits, timeLeft })
  if (pages.kind === 'failed') return pages
  const kept = pages.entries.slice(0, mostReleases)
  const empty = kept.length === 0 && format.whenEmpty !== undefined ? [format.whenEmpty] : []
  const odd = kept.map(problemOf).filter((problem) => problem !== null)
  const withdrawn = kept.flatMap(({ tag, problem: why }) => (why === undefined ? [] : [{ tag, why }]))
  return {
    kind: 'releases',
    cursor: pages.cursor,
    releases: kept.filter((entry) => problemOf(entry) === null).map(toRelease),
    problems: shortProblems([...empty, ...pages.problems, ...odd]),
    ...(withdrawn.length === 0 ? {} : { withdrawn }),
    ...moved,
  }
}

function keepPage(cursor: FeedCursor | null, before: FeedCursor | null): FeedCursor | null {
  return cursor !== null && before?.page !== undefined ? { ...cursor, page: before.page } : cursor
}

/** Where a feed has moved to, as the config would name it: without the parameters that were only ours. */
function movedFrom(
  named: string,
  { asked, movedTo }: { readonly asked: string; readonly movedTo: string | undefined },
): { readonly movedTo?: string } {
  if (movedTo === undefined) return {}
  const to = new URL(movedTo)
  const before = new URL(named).searchParams
  for (const name of new URL(asked).searchParams.keys()) if (!before.has(name)) to.searchParams.delete(name)
  return to.href === new URL(named).href ? {} : { movedTo: to.href }
}

import { createHash } from 'node:crypto'
import { UndriftError } from '../../../domain/errors.ts'
import { isTagName } from '../../../domain/version/tag-name.ts'
import { plainText, shortProblems } from '../http/plain-text.ts'
import { type Feed, type FeedRequest, type FeedResult, mostReleases } from '../types.ts'
import { type Lookup, lookUpHost, refusedHost } from './refused-host.ts'

/** A tag as `ls-remote` lists it. */
export interface ListedTag {
  readonly tag: string
  readonly tagObject: string
  readonly target: string
}

export interface ListTagsOptions {
  readonly signal: AbortSignal
  /** For this host alone; null for a public repository. */
  readonly token: string | null
}

/** Asks a Git remote for its tags. Throws UndriftError as git does. */
export type ListTags = (url: string, options: ListTagsOptions) => Promise<readonly ListedTag[]>

const totalMilliseconds = 20_000
/** Git does not tell how long a host that answers 429 asks to be left alone. */
const restSeconds = 300

/** The tags of a repository. It has no ETag of its own: the digest of all names and objects is one. */
export function createGitTagsFeed(listTags: ListTags, lookUp: Lookup = lookUpHost): Feed {
  return { kind: 'git-tags', poll: (request) => poll(request, listTags, lookUp) }
}

async function poll(request: FeedRequest, listTags: ListTags, lookUp: Lookup): Promise<FeedResult> {
  const url = request.url.replace(/^git\+/, '')
  const host = await refusedHost(url, request.allow, lookUp)
  if (host !== null) return refused(host)
  const deadline = AbortSignal.timeout(totalMilliseconds)
  let tags: readonly ListedTag[]
  try {
    const signal = AbortSignal.any([request.signal, deadline])
    tags = await listTags(url, { signal, token: request.token ?? null })
  } catch (error) {
    request.signal.throwIfAborted()
    return failed(error, deadline.aborted)
  }
  const etag = digestOf(tags)
  const cursor = { etag, lastModified: null }
  if (request.cursor?.etag === etag) return { kind: 'not-modified', cursor }
  const named = tags.filter(({ tag }) => isTagName(tag))
  const odd = tags.filter(({ tag }) => !isTagName(tag))
  return {
    kind: 'releases',
    cursor,
    releases: named
      .map(({ tag }) => tag)
      .sort(newestFirst)
      .slice(0, mostReleases)
      .map((tag) => ({ tag, title: tag, publishedAt: null, url: null, prerelease: null })),
    problems: shortProblems(
      odd.map(({ tag }) => `The tag "${plainText(tag, 80)}" has a name that is not used.`),
    ),
  }
}

function digestOf(tags: readonly ListedTag[]): string {
  const lines = tags.map(({ tag, tagObject, target }) => `${tagObject} ${target} ${tag}\n`).sort()
  return `"${createHash('sha256').update(lines.join('')).digest('hex')}"`
}

const natural = new Intl.Collator('en', { numeric: true })

/** Nobody says when a tag was made; its name, with numbers read as numbers, comes nearest to an order. */
function newestFirst(a: string, b: string): number {
  return natural.compare(b, a) || (a < b ? 1 : -1)
}

function failed(error: unknown, timedOut: boolean): FeedResult {
  const rest = { kind: 'failed', retryAfterSeconds: null } as const
  if (timedOut) {
    return {
      ...rest,
      reason: 'feed-timeout',
      message: `Listing the tags takes longer than ${totalMilliseconds / 1000} s.`,
    }
  }
  if (!(error instanceof UndriftError)) throw error
  const status = /(?:returned error:|HTTP) (\d{3})\b/.exec(error.message)?.[1]
  if (status === '429') {
    return { ...rest, reason: 'feed-rate-limited', message: error.message, retryAfterSeconds: restSeconds }
  }
  if (status !== undefined) return { ...rest, reason: `feed-http-${Number(status)}`, message: error.message }
  const reason = error.code === 'UNDRIFT_E_INPUT' ? 'feed-refused-address' : 'feed-unreachable'
  return { ...rest, reason, message: error.message }
}

function refused(host: string): FeedResult {
  return {
    kind: 'failed',
    reason: 'feed-refused-address',
    message: `${host} is at a private, loopback or otherwise special address, which \`network.allow\` does not open.`,
    retryAfterSeconds: null,
  }
}

import { createHash } from 'node:crypto'
import { UndriftError } from '../../../domain/errors.ts'
import { isTagName } from '../../../domain/version/tag-name.ts'
import type { FetchFailed } from '../http/fetch-document.ts'
import { FetchFailure, publicUrl } from '../http/fetch-failure.ts'
import { plainText, shortProblems } from '../http/plain-text.ts'
import { type Feed, type FeedRequest, type FeedResult, mostReleases } from '../types.ts'
import { followRepository } from './follow-repository.ts'
import { hostAddresses, type Lookup, lookUpHost } from './host-addresses.ts'

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
  /** Git is to connect to these alone and to follow no redirect; left out for what is no http(s) URL. */
  readonly addresses?: readonly string[]
}

/** Asks a Git remote for its tags. Throws UndriftError as git does. */
export type ListTags = (url: string, options: ListTagsOptions) => Promise<readonly ListedTag[]>

const totalMilliseconds = 20_000
/** Git does not tell how long a host that answers 429 asks to be left alone. */
const restSeconds = 300
const redirectStatuses = ['301', '302', '303', '307', '308']

/** The tags of a repository. It has no ETag of its own: the digest of all names and objects is one. */
export function createGitTagsFeed(listTags: ListTags, lookUp: Lookup = lookUpHost): Feed {
  return { kind: 'git-tags', poll: (request) => poll(request, listTags, lookUp) }
}

async function poll(request: FeedRequest, listTags: ListTags, lookUp: Lookup): Promise<FeedResult> {
  const deadline = AbortSignal.timeout(totalMilliseconds)
  const signal = AbortSignal.any([request.signal, deadline])
  let read: ReadTags | FetchFailed
  try {
    read = await readTags({ ...request, signal }, listTags, lookUp)
  } catch (error) {
    request.signal.throwIfAborted()
    return failed(error, { url: request.url, timedOut: deadline.aborted })
  }
  if (read.kind === 'failed') return read
  const { tags, moved } = read
  const etag = digestOf(tags)
  const cursor = { etag, lastModified: null }
  if (request.cursor?.etag === etag) return { kind: 'not-modified', cursor, ...moved }
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
    ...moved,
  }
}

interface ReadTags {
  readonly kind: 'tags'
  readonly tags: readonly ListedTag[]
  readonly moved: { readonly movedTo?: string }
}

/** Git does not follow redirects here: where one leads is looked at by ourselves, hop by hop, and git goes there then. */
async function readTags(
  request: FeedRequest,
  listTags: ListTags,
  lookUp: Lookup,
): Promise<ReadTags | FetchFailed> {
  const { allow, signal } = request
  const token = request.token ?? null
  const url = request.url.replace(/^git\+/, '')
  const list = async (url: string, token: string | null) => {
    const addresses = await hostAddresses(url, allow, lookUp)
    return listTags(url, { signal, token, ...(addresses && { addresses }) })
  }
  try {
    return { kind: 'tags', tags: await list(url, token), moved: {} }
  } catch (error) {
    if (!redirectStatuses.includes(statusOf(error) ?? '')) throw error
  }
  const there = await followRepository(url, request)
  if (there.kind === 'failed') return there
  const isOwn = new URL(there.url).origin === new URL(url).origin
  return { kind: 'tags', tags: await list(there.url, isOwn ? token : null), moved: there.moved }
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

function failed(
  error: unknown,
  { url, timedOut }: { readonly url: string; readonly timedOut: boolean },
): FeedResult {
  const rest = { kind: 'failed', retryAfterSeconds: null } as const
  if (timedOut) {
    return {
      ...rest,
      reason: 'feed-timeout',
      message: `Listing the tags takes longer than ${totalMilliseconds / 1000} s.`,
    }
  }
  if (error instanceof FetchFailure) {
    const { reason, message, retryAfterSeconds } = error
    return { ...rest, reason, message: `The feed at ${publicUrl(url)} ${message}.`, retryAfterSeconds }
  }
  if (!(error instanceof UndriftError)) throw error
  const status = statusOf(error)
  if (status === '429') {
    return { ...rest, reason: 'feed-rate-limited', message: error.message, retryAfterSeconds: restSeconds }
  }
  if (status !== null) return { ...rest, reason: `feed-http-${Number(status)}`, message: error.message }
  const reason = error.code === 'UNDRIFT_E_INPUT' ? 'feed-refused-address' : 'feed-unreachable'
  return { ...rest, reason, message: error.message }
}

/** What the host answered, as git tells it; null when it did not answer. */
function statusOf(error: unknown): string | null {
  if (!(error instanceof UndriftError)) return null
  return /(?:returned error:|HTTP) (\d{3})\b/.exec(error.message)?.[1] ?? null
}

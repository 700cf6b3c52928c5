import { fetchDocument } from '../http/fetch-document.ts'
import { FetchFailure } from '../http/fetch-failure.ts'
import type { FeedRequest } from '../types.ts'

/** What git asks a host first. Source: gitprotocol-http(5), smart clients. */
const firstRequest = '/info/refs?service=git-upload-pack'
/** Version 2 answers with what it can do, version 0 with all refs. Source: gitprotocol-v2(5). */
const headers = { 'git-protocol': 'version=2' }
const limits = { totalMilliseconds: 20_000, bytes: 5_000_000 }

/** Where a repository's URL leads, and what a person has to know of it. */
export interface FollowedRepository {
  readonly url: string
  readonly moved: { readonly movedTo?: string }
}

/**
 * Follows the redirects of a repository's URL, each checked as those of any feed. Throws FetchFailure where one is refused
 * or where they do not lead to a repository.
 */
export async function followRepository(url: string, request: FeedRequest): Promise<FollowedRepository> {
  const base = url.replace(/\/+$/, '')
  const { allow, signal, token = null } = request
  const asked = {
    url: `${base}${firstRequest}`,
    accept: '*/*',
    headers,
    token,
    authorization: 'basic',
    cursor: null,
    allow,
    signal,
  } as const
  const fetched = await fetchDocument(asked, limits)
  if (fetched.kind === 'failed') {
    const { reason, message, retryAfterSeconds } = fetched
    throw new FetchFailure(reason, message.replace(/^The feed at \S+ |\.$/g, ''), { retryAfterSeconds })
  }
  if (fetched.kind === 'not-modified' || !fetched.url.endsWith(firstRequest)) {
    throw new FetchFailure('feed-redirects', 'redirects to what is no Git repository')
  }
  const movedTo = fetched.movedTo?.endsWith(firstRequest) ? repositoryOf(fetched.movedTo) : undefined
  // Some forges add the ending themselves; that is no other place.
  const isSame = movedTo === undefined || movedTo === `${base}.git`
  return { url: repositoryOf(fetched.url), moved: isSame ? {} : { movedTo: `git+${movedTo}` } }
}

function repositoryOf(url: string): string {
  return url.slice(0, -firstRequest.length)
}

import { type FetchFailed, fetchDocument } from '../http/fetch-document.ts'
import { publicUrl } from '../http/fetch-failure.ts'
import type { FeedRequest } from '../types.ts'

/** What git asks a host first. Source: gitprotocol-http(5), smart clients. */
const firstRequest = '/info/refs?service=git-upload-pack'
/** Version 2 answers with what it can do, version 0 with all refs. Source: gitprotocol-v2(5). */
const headers = { 'git-protocol': 'version=2' }
const limits = { totalMilliseconds: 20_000, bytes: 5_000_000 }

/** Where a repository's URL leads, and what a person has to know of it. */
export type FollowedRepository =
  | { readonly kind: 'found'; readonly url: string; readonly moved: { readonly movedTo?: string } }
  | FetchFailed

/** Follows the redirects of a repository's URL, each checked as those of any feed. */
export async function followRepository(url: string, request: FeedRequest): Promise<FollowedRepository> {
  const base = url.replace(/\/+$/, '')
  const asked = { ...request, url: `${base}${firstRequest}`, accept: '*/*', cursor: null, headers }
  const fetched = await fetchDocument({ ...asked, authorization: 'basic' }, limits)
  if (fetched.kind === 'failed') return fetched
  if (fetched.kind === 'not-modified' || !fetched.url.endsWith(firstRequest)) {
    const message = `The feed at ${publicUrl(url)} redirects to what is no Git repository.`
    return { kind: 'failed', reason: 'feed-redirects', message, retryAfterSeconds: null }
  }
  const movedTo = fetched.movedTo?.endsWith(firstRequest) ? repositoryOf(fetched.movedTo) : undefined
  // Some forges add the ending themselves; that is no other place.
  const isSame = movedTo === undefined || movedTo === `${base}.git`
  const moved = isSame ? {} : { movedTo: `git+${movedTo}` }
  return { kind: 'found', url: repositoryOf(fetched.url), moved }
}

function repositoryOf(url: string): string {
  return url.slice(0, -firstRequest.length)
}

import { createHash } from 'node:crypto'
import { orderByCommit, type TaggedCommit } from '../../domain/version/order-by-commit.ts'
import type { RemoteAccess } from '../types.ts'
import type { ListedTag } from './list-tags.ts'
import { openTagSource, type TagSource } from './tag-source.ts'

/** Where tags stand among each other by their commits, oldest first; a tag without a commit is missing. */
export type TagPlaces = ReadonlyMap<string, number>

/** The places of some tags of a source whose commits are known, for the scheme `commit`. */
export async function placesAmong(
  source: TagSource,
  tags: readonly ListedTag[],
  commits: readonly TaggedCommit[],
): Promise<TagPlaces> {
  const found = new Set(commits.map(({ tag }) => tag))
  const history = await source.historyOf(tags.filter(({ tag }) => found.has(tag)))
  return new Map(orderByCommit(commits, history).map((tag, index) => [tag, index]))
}

/** What was found of a repository by the ids of all its tags: nothing else moves a tag among the others. */
const remembered = new Map<string, { readonly digest: string; readonly places: TagPlaces }>()
const mostRemembered = 32

/** The places of all tags of a repository; its history is fetched when a tag has changed. Throws as `listRemote` does. */
export async function tagPlaces(
  access: RemoteAccess,
  signal?: AbortSignal,
): Promise<{ readonly tags: readonly ListedTag[]; readonly places: TagPlaces }> {
  await using source = await openTagSource(access, signal)
  const { tags } = source
  const listed = tags.map(({ tag, target }) => `${target} ${tag}\n`).join('')
  const digest = createHash('sha256').update(listed).digest('hex')
  const known = remembered.get(access.remote.url)
  if (known?.digest === digest) return { tags, places: known.places }
  const places = await placesAmong(source, tags, await source.commitsOf(tags))
  if (remembered.size >= mostRemembered) remembered.clear()
  remembered.set(access.remote.url, { digest, places })
  return { tags, places }
}

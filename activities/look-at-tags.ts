import type { RepositoryTags } from '../domain/lines/pins.ts'
import type { UpstreamSettings } from '../domain/settings.ts'
import { isTagName } from '../domain/version/tag-name.ts'
import { listTags } from '../git/mirror/list-tags.ts'
import type { ActivityDeps } from './deps.ts'
import { accessTo } from './secrets.ts'

/** The tags of an upstream repository as they are now. Throws UndriftError as git does, and UNDRIFT_E_SECRET. */
export async function lookAtTags(
  upstream: Pick<UpstreamSettings, 'git'>,
  deps: Pick<ActivityDeps, 'env'>,
  signal: AbortSignal,
): Promise<RepositoryTags> {
  const tags = await listTags(accessTo(upstream.git, deps), signal)
  const named = tags.filter(({ tag }) => isTagName(tag))
  return new Map(named.map(({ tag, tagObject, target }) => [tag, { tag, tagObject, commit: target }]))
}

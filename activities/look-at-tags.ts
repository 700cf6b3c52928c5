import type { RepositoryTags } from '../domain/lines/pins.ts'
import type { UpstreamSettings } from '../domain/settings.ts'
import { isTagName } from '../domain/version/tag-name.ts'
import { openTagSource } from '../git/mirror/tag-source.ts'
import type { ActivityDeps } from './deps.ts'
import { accessTo } from './secrets.ts'

/** The tags of an upstream repository as they are now. Throws UndriftError as git does, and UNDRIFT_E_SECRET. */
export async function lookAtTags(
  upstream: Pick<UpstreamSettings, 'git'>,
  deps: Pick<ActivityDeps, 'env'>,
  signal: AbortSignal,
): Promise<RepositoryTags> {
  await using source = await openTagSource(accessTo(upstream.git, deps), signal)
  const named = source.tags.filter(({ tag }) => isTagName(tag))
  return new Map(named.map(({ tag, tagObject, target }) => [tag, { tag, tagObject, commit: target }]))
}

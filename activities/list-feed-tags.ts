import type { ListTagsOptions } from '../adapters/feeds/git-tags/git-tags-feed.ts'
import { type ListedTag, listTags } from '../git/mirror/list-tags.ts'

/** The tags of a repository that is a feed; a poll has the feed's own token and no other credential. */
export function listFeedTags(
  url: string,
  { signal, token, addresses }: ListTagsOptions,
): Promise<readonly ListedTag[]> {
  const remote = { name: 'feed', url, token: null }
  return listTags({ remote, secret: token, ...(addresses && { addresses }) }, signal)
}

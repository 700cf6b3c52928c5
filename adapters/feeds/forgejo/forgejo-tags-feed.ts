import { z } from 'zod'
import { createJsonFeed, type JsonFormat } from '../http/json-feed.ts'
import { readEach } from '../http/read-each.ts'
import { withParameter } from '../http/with-parameter.ts'
import type { Feed } from '../types.ts'

const schema = z.object({ name: z.string().min(1) })

/** Source: the OpenAPI document of Forgejo and Gitea, `repoListTags`. The times in it are those of the commits. */
const format: JsonFormat = {
  kind: 'forgejo-tags',
  accept: 'application/json',
  address: (url) => withParameter(url, 'limit', '50'),
  read: (value) =>
    readEach(value, schema, ({ name }) => ({ tag: name, publishedAt: null, url: null, prerelease: null })),
}

/** The tags of a repository by the API of Forgejo, Gitea or Codeberg: `https://<host>/api/v1/repos/<owner>/<name>/tags`. */
export function createForgejoTagsFeed(): Feed {
  return createJsonFeed(format)
}

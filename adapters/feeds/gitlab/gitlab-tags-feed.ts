import { z } from 'zod'
import { createJsonFeed, type JsonFormat } from '../http/json-feed.ts'
import { readEach, text } from '../http/read-each.ts'
import { withParameter } from '../http/with-parameter.ts'
import type { Feed } from '../types.ts'

const schema = z.object({
  name: z.string().min(1),
  created_at: text,
  release: z.object({ description: text }).nullish().catch(null),
})

/** Source: GitLab's Tags API, "List project repository tags": by the time of the commit, so a new tag may stand anywhere. */
const format: JsonFormat = {
  kind: 'gitlab-tags',
  accept: 'application/json',
  address: (url) => withParameter(url, 'per_page', '100'),
  read: (value) =>
    readEach(value, schema, ({ name, created_at, release }) => ({
      tag: name,
      publishedAt: created_at ?? null,
      url: null,
      prerelease: null,
      notes: release?.description,
    })),
}

/** The tags of a project by GitLab's API: `https://<host>/api/v4/projects/<id>/repository/tags`. */
export function createGitlabTagsFeed(): Feed {
  return createJsonFeed(format)
}

import { z } from 'zod'
import { createJsonFeed, type JsonFormat } from '../http/json-feed.ts'
import { withParameter } from '../http/with-parameter.ts'
import type { Feed } from '../types.ts'

const schema = z.array(
  z.object({
    name: z.string(),
    created_at: z.string().nullish(),
    release: z.object({ description: z.string().nullish() }).nullish(),
  }),
)

/** Source: GitLab's Tags API, "List project repository tags": by the time of the commit, so a new tag may stand anywhere. */
const format: JsonFormat = {
  kind: 'gitlab-tags',
  accept: 'application/json',
  address: (url) => withParameter(url, 'per_page', '100'),
  read: (value) =>
    schema.parse(value).map(({ name, created_at, release }) => ({
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

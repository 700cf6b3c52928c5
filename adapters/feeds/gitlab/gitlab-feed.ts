import { z } from 'zod'
import { createJsonFeed, type JsonFormat } from '../http/json-feed.ts'
import { files, flag, readEach, text } from '../http/read-each.ts'
import { withParameter } from '../http/with-parameter.ts'
import type { Feed } from '../types.ts'

const schema = z.object({
  tag_name: z.string().min(1),
  name: text,
  description: text,
  released_at: text,
  upcoming_release: flag,
  _links: z.object({ self: text }).nullish().catch(null),
  assets: z
    .object({ links: files('url') })
    .nullish()
    .catch(null),
})

/** Source: GitLab's Releases API, "List releases". It knows no pre-releases; an upcoming release is not published yet. */
const format: JsonFormat = {
  kind: 'gitlab',
  accept: 'application/json',
  address: (url) => withParameter(url, 'per_page', '100'),
  newestFirst: true,
  whenEmpty:
    'The list of releases is empty; a project that makes tags only is followed by its tags, at …/repository/tags.',
  read: (value) =>
    readEach(value, schema, (release) => ({
      tag: release.tag_name,
      title: release.name,
      publishedAt: release.released_at ?? null,
      url: release._links?.self ?? null,
      prerelease: null,
      draft: release.upcoming_release ?? false,
      notes: release.description,
      assets: release.assets?.links ?? [],
    })),
}

/** The releases of a project by GitLab's API: `https://<host>/api/v4/projects/<id>/releases`. */
export function createGitlabFeed(): Feed {
  return createJsonFeed(format)
}

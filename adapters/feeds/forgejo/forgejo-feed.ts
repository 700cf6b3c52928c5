import { z } from 'zod'
import { createJsonFeed, type JsonFormat } from '../http/json-feed.ts'
import { withParameter } from '../http/with-parameter.ts'
import type { Feed } from '../types.ts'

const schema = z.array(
  z.object({
    tag_name: z.string(),
    name: z.string().nullish(),
    body: z.string().nullish(),
    html_url: z.string().nullish(),
    draft: z.boolean().default(false),
    prerelease: z.boolean().default(false),
    published_at: z.string().nullish(),
    assets: z.array(z.object({ name: z.string(), browser_download_url: z.string() })).nullish(),
  }),
)

/** Source: the OpenAPI document of Forgejo and Gitea, `repoListReleases`. */
const format: JsonFormat = {
  kind: 'forgejo',
  accept: 'application/json',
  address: (url) => withParameter(url, 'limit', '50'),
  newestFirst: true,
  whenEmpty:
    'The list of releases is empty; a project that makes tags only is followed by its tags, at …/tags.',
  read: (value) =>
    schema.parse(value).map((release) => ({
      tag: release.tag_name,
      title: release.name,
      publishedAt: release.published_at ?? null,
      url: release.html_url ?? null,
      prerelease: release.prerelease,
      draft: release.draft,
      notes: release.body,
      assets: (release.assets ?? []).map((asset) => ({ name: asset.name, url: asset.browser_download_url })),
    })),
}

/** The releases of a repository by the API of Forgejo, Gitea or Codeberg: `https://<host>/api/v1/repos/<owner>/<name>/releases`. */
export function createForgejoFeed(): Feed {
  return createJsonFeed(format)
}

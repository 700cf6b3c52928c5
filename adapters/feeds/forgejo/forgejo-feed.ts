import { z } from 'zod'
import { createJsonFeed, type JsonFormat } from '../http/json-feed.ts'
import { files, flag, readEach, text } from '../http/read-each.ts'
import { withParameter } from '../http/with-parameter.ts'
import type { Feed } from '../types.ts'

const schema = z.object({
  tag_name: z.string().min(1),
  name: text,
  body: text,
  html_url: text,
  draft: flag,
  prerelease: flag,
  published_at: text,
  assets: files('browser_download_url'),
})

/** Source: the OpenAPI document of Forgejo and Gitea, `repoListReleases`. */
const format: JsonFormat = {
  kind: 'forgejo',
  accept: 'application/json',
  address: (url) => withParameter(url, 'limit', '50'),
  newestFirst: true,
  whenEmpty:
    'The list of releases is empty; a project that makes tags only is followed by its tags, at …/tags.',
  read: (value) =>
    readEach(value, schema, (release) => ({
      tag: release.tag_name,
      title: release.name,
      publishedAt: release.published_at ?? null,
      url: release.html_url ?? null,
      prerelease: release.prerelease ?? false,
      draft: release.draft ?? false,
      notes: release.body,
      assets: release.assets,
    })),
}

/** The releases of a repository by the API of Forgejo, Gitea or Codeberg: `https://<host>/api/v1/repos/<owner>/<name>/releases`. */
export function createForgejoFeed(): Feed {
  return createJsonFeed(format)
}

import { z } from 'zod'
import { createJsonFeed, type JsonFormat } from '../http/json-feed.ts'
import { withParameter } from '../http/with-parameter.ts'
import type { Feed } from '../types.ts'

/** A release of a busy project can list a hundred files: more of them at once would pass the size limit. */
const perPage = '30'

const schema = z.array(
  z.object({
    tag_name: z.string(),
    name: z.string().nullish(),
    html_url: z.string().nullish(),
    draft: z.boolean().default(false),
    prerelease: z.boolean().default(false),
    published_at: z.string().nullish(),
    body: z.string().nullish(),
    assets: z.array(z.object({ name: z.string(), browser_download_url: z.string() })).default([]),
  }),
)

/** Source: GitHub's REST API, "List releases", version 2022-11-28. */
const format: JsonFormat = {
  kind: 'github',
  accept: 'application/vnd.github+json',
  address: (url) => withParameter(url, 'per_page', perPage),
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
      assets: release.assets.map((asset) => ({ name: asset.name, url: asset.browser_download_url })),
    })),
}

/** The releases of a repository by GitHub's API: `https://api.github.com/repos/<owner>/<name>/releases`. */
export function createGithubFeed(): Feed {
  return createJsonFeed(format)
}

import { z } from 'zod'
import { createJsonFeed, type JsonFormat } from '../http/json-feed.ts'
import { files, flag, readEach, text } from '../http/read-each.ts'
import { withParameter } from '../http/with-parameter.ts'
import type { Feed } from '../types.ts'

/** A release of a busy project can list a hundred files: more of them at once would pass the size limit. */
const perPage = '30'

const schema = z.object({
  tag_name: z.string().min(1),
  name: text,
  html_url: text,
  draft: flag,
  prerelease: flag,
  published_at: text,
  body: text,
  assets: files('browser_download_url'),
})

/** Source: GitHub's REST API, "List releases", version 2022-11-28. */
const format: JsonFormat = {
  kind: 'github',
  accept: 'application/vnd.github+json',
  address: (url) => withParameter(url, 'per_page', perPage),
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

/** The releases of a repository by GitHub's API: `https://api.github.com/repos/<owner>/<name>/releases`. */
export function createGithubFeed(): Feed {
  return createJsonFeed(format)
}

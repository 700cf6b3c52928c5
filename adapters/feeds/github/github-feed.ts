import { readForgeReleases } from '../http/forge-release.ts'
import { createJsonFeed, type JsonFormat } from '../http/json-feed.ts'
import { withParameter } from '../http/with-parameter.ts'
import type { Feed } from '../types.ts'

/** A release of a busy project can list a hundred files: more of them at once would pass the size limit. */
const perPage = '30'

/** Source: GitHub's REST API, "List releases", version 2022-11-28. */
const format: JsonFormat = {
  kind: 'github',
  accept: 'application/vnd.github+json',
  address: (url) => withParameter(url, 'per_page', perPage),
  newestFirst: true,
  whenEmpty:
    'The list of releases is empty; a project that makes tags only is followed by its tags, at …/tags.',
  read: readForgeReleases,
}

/** The releases of a repository by GitHub's API: `https://api.github.com/repos/<owner>/<name>/releases`. */
export function createGithubFeed(): Feed {
  return createJsonFeed(format)
}

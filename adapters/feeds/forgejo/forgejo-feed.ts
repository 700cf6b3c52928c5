import { readForgeReleases } from '../http/forge-release.ts'
import { createJsonFeed, type JsonFormat } from '../http/json-feed.ts'
import { withParameter } from '../http/with-parameter.ts'
import type { Feed } from '../types.ts'

/** Source: the OpenAPI document of Forgejo and Gitea, `repoListReleases`. */
const format: JsonFormat = {
  kind: 'forgejo',
  accept: 'application/json',
  address: (url) => withParameter(url, 'limit', '50'),
  newestFirst: true,
  whenEmpty:
    'The list of releases is empty; a project that makes tags only is followed by its tags, at …/tags.',
  read: readForgeReleases,
}

/** The releases of a repository by the API of Forgejo, Gitea or Codeberg: `https://<host>/api/v1/repos/<owner>/<name>/releases`. */
export function createForgejoFeed(): Feed {
  return createJsonFeed(format)
}

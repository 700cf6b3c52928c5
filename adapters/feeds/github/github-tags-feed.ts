import { z } from 'zod'
import { createJsonFeed, type JsonFormat } from '../http/json-feed.ts'
import { readEach } from '../http/read-each.ts'
import { withParameter } from '../http/with-parameter.ts'
import type { Feed } from '../types.ts'

const schema = z.object({ name: z.string().min(1) })

/** Source: GitHub's REST API, "List repository tags", version 2022-11-28. It promises no order and knows no times. */
const format: JsonFormat = {
  kind: 'github-tags',
  accept: 'application/vnd.github+json',
  address: (url) => withParameter(url, 'per_page', '100'),
  read: (value) =>
    readEach(value, schema, ({ name }) => ({ tag: name, publishedAt: null, url: null, prerelease: null })),
}

/** The tags of a repository by GitHub's API: `https://api.github.com/repos/<owner>/<name>/tags`. */
export function createGithubTagsFeed(): Feed {
  return createJsonFeed(format)
}

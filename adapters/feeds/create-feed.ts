import { createAtomFeed } from './atom/atom-feed.ts'
import { createCratesFeed } from './crates/crates-feed.ts'
import { createForgejoFeed } from './forgejo/forgejo-feed.ts'
import { createForgejoTagsFeed } from './forgejo/forgejo-tags-feed.ts'
import { createGitTagsFeed, type ListTags } from './git-tags/git-tags-feed.ts'
import { createGithubFeed } from './github/github-feed.ts'
import { createGithubTagsFeed } from './github/github-tags-feed.ts'
import { createGitlabFeed } from './gitlab/gitlab-feed.ts'
import { createGitlabTagsFeed } from './gitlab/gitlab-tags-feed.ts'
import { createHostLimits } from './host-limits.ts'
import { createNpmFeed } from './npm/npm-feed.ts'
import { createPypiFeed } from './pypi/pypi-feed.ts'
import type { Feed } from './types.ts'

export interface FeedDeps {
  /** Needed for feeds such as `git+https://…`; without it they are read as Atom, and fail by their address. */
  readonly listTags?: ListTags
}

/** The shapes of addresses that are no Atom or RSS, each with the feed that reads it. */
const shapes: readonly (readonly [RegExp, () => Feed])[] = [
  [/^https:\/\/api\.github\.com\/(?:repos\/[^/]+\/[^/]+|repositories\/\d+)\/releases\/?$/, createGithubFeed],
  [/^https:\/\/api\.github\.com\/(?:repos\/[^/]+\/[^/]+|repositories\/\d+)\/tags\/?$/, createGithubTagsFeed],
  [/^https?:\/\/[^/]+\/api\/v3\/(?:repos\/[^/]+\/[^/]+|repositories\/\d+)\/releases\/?$/, createGithubFeed],
  [/^https?:\/\/[^/]+\/api\/v3\/(?:repos\/[^/]+\/[^/]+|repositories\/\d+)\/tags\/?$/, createGithubTagsFeed],
  [/^https?:\/\/[^/]+\/(?:.+\/)?api\/v4\/projects\/[^/]+\/releases\/?$/, createGitlabFeed],
  [/^https?:\/\/[^/]+\/(?:.+\/)?api\/v4\/projects\/[^/]+\/repository\/tags\/?$/, createGitlabTagsFeed],
  [/^https?:\/\/[^/]+\/(?:.+\/)?api\/v1\/repos\/[^/]+\/[^/]+\/releases\/?$/, createForgejoFeed],
  [/^https?:\/\/[^/]+\/(?:.+\/)?api\/v1\/repos\/[^/]+\/[^/]+\/tags\/?$/, createForgejoTagsFeed],
  [/^https:\/\/registry\.npmjs\.org\/(?:@[^/]+(?:\/|%2f))?[^/]+$/i, createNpmFeed],
  [/^https?:\/\/[^/]+\/pypi\/[^/]+\/json\/?$/, createPypiFeed],
  [/^https:\/\/(?:index\.crates\.io\/.+|crates\.io\/(?:api\/v1\/)?crates\/[^/]+\/?)$/, createCratesFeed],
]

/** One per process: every watch of a worker heeds what a host has told any of them. */
const hostLimits = createHostLimits()

/** The feed that reads what the config's `feed` names: by the shape of the address, Atom and RSS where it has none. */
export function createFeed(url: string, deps: FeedDeps = {}): Feed {
  if (deps.listTags && url.startsWith('git+')) return hostLimits.heed(createGitTagsFeed(deps.listTags))
  const address = url.replace(/[?#].*$/, '')
  const found = shapes.find(([shape]) => shape.test(address))
  return hostLimits.heed(found ? found[1]() : createAtomFeed())
}

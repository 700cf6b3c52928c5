import { roles } from '../domain/queues.ts'
import type { SecretName } from '../domain/settings.ts'
import { type Asked, hostOf, pathOf } from './check-policy.ts'
import type { Policy } from './policy.ts'

/** The policy that allows these settings and nothing else. */
export function narrowestPolicy({ upstreams, forks }: Asked): Policy {
  const uses = [
    ...upstreams.flatMap(({ git, feed, feedToken }) => [
      { url: git.url, token: git.token },
      { url: feed.replace(/^git\+/, ''), token: feedToken ?? null },
    ]),
    ...forks.flatMap(({ remotes }) => remotes),
  ]
  const sent = uses.flatMap(({ url, token }) => {
    const host = hostOf(url)
    return token === null || host === null ? [] : [[token, host] as const]
  })
  return {
    roles: [...roles],
    sandboxNone: forks.some(({ sandbox }) => sandbox === 'none'),
    remotes: unique(uses.flatMap(({ url }) => (pathOf(url) === null ? [withoutSlash(url)] : []))),
    folders: unique(uses.flatMap(({ url }) => pathOf(url) ?? [])),
    secrets: grouped(sent),
  }
}

/** What any of them allows. */
export function joinPolicies(policies: readonly Policy[]): Policy {
  return {
    roles: [...roles],
    sandboxNone: policies.some(({ sandboxNone }) => sandboxNone),
    remotes: unique(policies.flatMap(({ remotes }) => remotes)),
    folders: unique(policies.flatMap(({ folders }) => folders)),
    secrets: grouped(
      policies.flatMap(({ secrets }) =>
        Object.entries(secrets).flatMap(([name, hosts]) =>
          hosts.map((host) => [name as SecretName, host] as const),
        ),
      ),
    ),
  }
}

function grouped(sent: readonly (readonly [SecretName, string])[]): Policy['secrets'] {
  const byName = Map.groupBy(sent, ([name]) => name)
  return Object.fromEntries([...byName].map(([name, pairs]) => [name, unique(pairs.map(([, host]) => host))]))
}

function unique(texts: readonly string[]): readonly string[] {
  return [...new Set(texts)].sort()
}

/** A policy takes a slash at the end for all below it. */
function withoutSlash(url: string): string {
  return url.replace(/\/+$/, '')
}

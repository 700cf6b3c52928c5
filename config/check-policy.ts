import { isAbsolute, normalize } from 'node:path'
import type { Role } from '../domain/queues.ts'
import type {
  AttemptSettings,
  ForkSettings,
  Remote,
  SecretName,
  UpstreamSettings,
} from '../domain/settings.ts'
import { namePattern } from './fields.ts'
import { entriesOf, fieldOf } from './loose.ts'
import type { Policy } from './policy.ts'

/** The settings that a step is given. */
export interface Asked {
  readonly upstreams: readonly UpstreamSettings[]
  readonly forks: readonly ForkSettings[]
  /** Repositories that stand by themselves. */
  readonly remotes?: readonly Remote[]
}

/** The settings in the input of any activity: `settings`, or `upstream` or `git` alone. */
export function askedBy(input: unknown): Asked {
  const settings = fieldOf(input, 'settings') as AttemptSettings | undefined
  const upstreams = [settings?.upstream, fieldOf(input, 'upstream')].filter(isUpstream)
  const git = fieldOf(input, 'git') as Remote | undefined
  return {
    upstreams,
    forks: settings?.fork === undefined ? [] : [settings.fork],
    remotes: git === undefined ? [] : [git],
  }
}

function isUpstream(value: unknown): value is UpstreamSettings {
  return entriesOf(value).length > 0
}

/** What a policy does not allow of the settings, a clause each; nothing where all is allowed. */
export function beyondPolicy(
  asked: Asked,
  { policy, role }: { readonly policy: Policy; readonly role: Role },
): readonly string[] {
  const found = role === 'control' ? controlUses(asked) : remotesOf(asked)
  return [
    ...(policy.roles.includes(role) ? [] : [`the role \`${role}\``]),
    ...namesOf(asked).flatMap((name) => (new RegExp(namePattern).test(name) ? [] : [`the name \`${name}\``])),
    ...found.flatMap(({ url }) => (allowsUrl(policy, url) ? [] : [`the remote ${url}`])),
    // The role that runs commands holds no secret, and the others run none.
    ...(role === 'verify' ? sandboxFaults(asked, policy) : found.flatMap((use) => secretFault(use, policy))),
  ].filter((clause, index, all) => all.indexOf(clause) === index)
}

interface Use {
  readonly url: string
  readonly secret: SecretName | null
}

function controlUses({ upstreams, remotes = [] }: Asked): readonly Use[] {
  const feeds = upstreams.map(({ feed, feedToken }) => {
    return { url: feed.replace(/^git\+/, ''), secret: feedToken ?? null }
  })
  return [...feeds, ...[...upstreams.map(({ git }) => git), ...remotes].map(useOf)]
}

function remotesOf({ upstreams, forks }: Asked): readonly Use[] {
  return [...upstreams.map(({ git }) => git), ...forks.flatMap(({ remotes }) => remotes)].map(useOf)
}

function useOf({ url, token }: Remote): Use {
  return { url, secret: token }
}

/** Names go into the paths of mirrors and work trees. */
function namesOf({ upstreams, forks }: Asked): readonly string[] {
  return [...upstreams.map(({ name }) => name), ...forks.flatMap(({ name, line }) => [name, line])]
}

function sandboxFaults({ forks }: Asked, policy: Policy): readonly string[] {
  return policy.sandboxNone || forks.every(({ sandbox }) => sandbox !== 'none') ? [] : ['`sandbox: none`']
}

function secretFault({ url, secret }: Use, policy: Policy): readonly string[] {
  const host = hostOf(url)
  if (secret === null || host === null) return []
  const hosts = Object.hasOwn(policy.secrets, secret) ? policy.secrets[secret] : []
  return hosts?.includes(host) ? [] : [`the secret \`${secret}\` for ${host}`]
}

function allowsUrl({ remotes, folders }: Policy, url: string): boolean {
  const path = pathOf(url)
  if (path !== null) return folders.some((folder) => isBelow(path, normalize(folder)))
  if (remotes.includes(url)) return true
  const wanted = plainUrl(url)?.replace(/\/+$/, '')
  if (wanted === undefined) return false
  return remotes.some((each) => {
    const allowed = plainUrl(each)
    if (allowed === null) return false
    return each.endsWith('/') ? wanted.startsWith(allowed) : wanted === allowed.replace(/\/+$/, '')
  })
}

function isBelow(path: string, folder: string): boolean {
  const top = folder.replace(/\/+$/, '')
  return path === top || path.startsWith(`${top}/`)
}

/** The path of a repository on this machine, without `..`; null for any other. */
export function pathOf(url: string): string | null {
  if (isAbsolute(url)) return normalize(url).replace(/(?<=.)\/+$/, '')
  if (!/^file:/i.test(url)) return null
  try {
    return normalize(decodeURIComponent(new URL(url).pathname)).replace(/(?<=.)\/+$/, '')
  } catch {
    return null
  }
}

/** A URL that can be compared by its beginning; null where `..` in it could lead elsewhere. */
function plainUrl(url: string): string | null {
  if (/\/\.\.?(?:\/|$)|:\.\.?(?:\/|$)|%2e|\\/i.test(url)) return null
  if (!/^[a-z][a-z0-9+.-]*:\/\//i.test(url)) return url
  return URL.canParse(url) ? new URL(url).href : null
}

/** The host that a secret for this URL goes to; null on this machine. */
export function hostOf(url: string): string | null {
  if (pathOf(url) !== null) return null
  if (URL.canParse(url) && url.includes('://')) return new URL(url).host
  return /^(?:[^@/]*@)?([^/:@]+):/.exec(url)?.[1] ?? url
}

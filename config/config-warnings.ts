import { BlockList, isIP } from 'node:net'
import type { Remote, SecretName } from '../domain/settings.ts'
import type { Config } from './config.ts'

/** Something in a valid config that will stop an attempt or a poll, and what to do about it. */
export interface ConfigWarning {
  /** The key of the config. */
  readonly key: string
  readonly message: string
  readonly fix: string
}

/**
 * What can be seen of a config from here without asking anybody: secrets that this environment lacks, and feeds on
 * private addresses that `network.allow` keeps closed. A worker elsewhere may have what this environment has not.
 */
export function configWarnings(config: Config, env: NodeJS.ProcessEnv): readonly ConfigWarning[] {
  const found: ConfigWarning[] = []
  const look = (key: string, name: SecretName | null | undefined): void => {
    if (name === null || name === undefined) return
    const variable = name.slice('env:'.length)
    if (env[variable]) return
    found.push({
      key,
      message: `${variable} is not set in this environment`,
      fix: `Set it where the worker runs: export ${variable}=…`,
    })
  }
  for (const upstream of config.upstreams) {
    const at = `upstreams.${upstream.name}`
    look(`${at}.git.token`, upstream.git.token)
    look(`${at}.feed.token`, upstream.feedToken)
    const host = closedHost(upstream.feed, upstream.allow)
    if (host !== null) {
      found.push({
        key: `${at}.feed`,
        message: `${host.includes(':') ? `[${host}]` : host} is on a private network, and network.allow does not open it`,
        fix: `Add it to the config: network: { allow: ["${host}"] }`,
      })
    }
  }
  const seen = new Set<string>()
  for (const fork of config.forks) {
    if (seen.has(fork.name)) continue
    seen.add(fork.name)
    for (const remote of fork.remotes) look(tokenKey(fork.name, remote), remote.token)
  }
  return found
}

function tokenKey(fork: string, { name }: Remote): string {
  return `forks.${fork}.remotes.${name}.token`
}

const privateAddresses = new BlockList()
for (const [address, bits] of [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.168.0.0', 16],
] as const)
  privateAddresses.addSubnet(address, bits, 'ipv4')
privateAddresses.addAddress('::1', 'ipv6')
privateAddresses.addSubnet('fc00::', 7, 'ipv6')
privateAddresses.addSubnet('fe80::', 10, 'ipv6')

/** The host of a feed that cannot be contacted, as far as its name alone tells; null for any other. */
function closedHost(feed: string, allow: readonly string[]): string | null {
  const url = URL.parse(feed.replace(/^git\+/, ''))
  if (url === null || !/^https?:$/.test(url.protocol)) return null
  const host = url.hostname.replace(/^\[(.*)\]$/, '$1').replace(/\.$/, '')
  const address = host === 'localhost' ? '127.0.0.1' : host
  const family = isIP(address)
  if (family === 0 || !privateAddresses.check(address, family === 6 ? 'ipv6' : 'ipv4')) return null
  return allow.some((entry) => opens(entry.trim().toLowerCase(), { host, address, family })) ? null : host
}

function opens(
  entry: string,
  { host, address, family }: { readonly host: string; readonly address: string; readonly family: number },
): boolean {
  if (entry === host || entry === address) return true
  const [network = '', bits] = entry.split('/')
  if (bits === undefined || isIP(network) !== family) return false
  const block = new BlockList()
  const kind = family === 6 ? 'ipv6' : 'ipv4'
  block.addSubnet(network, Number(bits), kind)
  return block.check(address, kind)
}

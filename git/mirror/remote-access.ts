import { isIP } from 'node:net'
import { fileURLToPath } from 'node:url'
import type { GitOptions } from '../process/command.ts'
import { type ConfigEntry, letIn } from '../process/environment.ts'
import { basicCredential } from '../process/redact.ts'
import { trustingUploadPack } from '../process/safe-directory.ts'
import type { RemoteAccess } from '../types.ts'
import { remoteKind } from './remote-url.ts'

/**
 * Never asks, gives up on a host that does not answer, and notices one that fell silent. The user's own ssh config,
 * keys and known_hosts hold: ssh finds them by the password database, whatever HOME says.
 */
const sshCommand = 'ssh -oBatchMode=yes -oConnectTimeout=20 -oServerAliveInterval=15 -oServerAliveCountMax=4'

/** What a git process needs to reach this remote, and no more than this one. Throws UNDRIFT_E_INPUT for a bad URL. */
export function accessOptions(
  access: RemoteAccess,
): Required<Pick<GitOptions, 'config' | 'protocols' | 'env' | 'secrets'>> {
  const { url, ignore = [] } = access.remote
  const lenient = letIn(ignore)
  const secrets = access.secret === null ? [] : [access.secret]
  switch (remoteKind(url)) {
    case 'https':
      return { config: [...lenient, ...httpConfig(access)], protocols: [], env: {}, secrets }
    case 'ssh':
      return { config: lenient, protocols: [], env: sshEnvironment(), secrets }
    case 'file':
      return { config: lenient, protocols: ['file'], env: {}, secrets }
  }
}

/** Options for a command that reads from this remote, beside those of its environment. */
export function readOptions({ remote: { url } }: RemoteAccess): readonly string[] {
  return remoteKind(url) === 'file' ? [`--upload-pack=${trustingUploadPack(localPath(url))}`] : []
}

/** The folder of a remote on this machine. */
export function localPath(url: string): string {
  return url.startsWith('file:') ? fileURLToPath(url) : url
}

/**
 * The token is bound to the remote's own host. That alone does not keep it there: git looks the header up for the first
 * URL and sends it to wherever a redirect of `info/refs` led, with the pack behind it.
 * Invariant: no git process follows a redirect.
 */
function httpConfig({ remote, secret, addresses }: RemoteAccess): readonly ConfigEntry[] {
  const url = new URL(remote.url)
  const header = `Authorization: Basic ${basicCredential(secret ?? '')}`
  return [
    ['http.followRedirects', 'false'],
    ['http.lowSpeedLimit', '1000'],
    ['http.lowSpeedTime', '60'],
    ...(secret === null ? [] : ([[`http.${url.origin}/.extraHeader`, header]] as const)),
    ...(addresses === undefined ? [] : pinnedTo(addresses, url)),
  ]
}

/** A literal address is not looked up, so that nothing has to be said of it; a name without addresses is left to git. */
function pinnedTo(addresses: readonly string[], { hostname, port }: URL): readonly ConfigEntry[] {
  const isName = !hostname.startsWith('[') && isIP(hostname) === 0
  const places = addresses.map((address) => (isIP(address) === 6 ? `[${address}]` : address))
  return isName && places.length > 0
    ? [['http.curloptResolve', `${hostname}:${port || '443'}:${places.join(',')}`]]
    : []
}

function sshEnvironment(): Record<string, string> {
  const agent = process.env.SSH_AUTH_SOCK
  return { GIT_SSH_COMMAND: sshCommand, GIT_SSH_VARIANT: 'ssh', ...(agent ? { SSH_AUTH_SOCK: agent } : {}) }
}

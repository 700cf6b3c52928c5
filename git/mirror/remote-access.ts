import type { GitOptions } from '../process/command.ts'
import type { ConfigEntry } from '../process/environment.ts'
import { basicCredential } from '../process/redact.ts'
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
  const { url } = access.remote
  const secrets = access.secret === null ? [] : [access.secret]
  switch (remoteKind(url)) {
    case 'https':
      return { config: httpConfig(url, access.secret), protocols: [], env: {}, secrets }
    case 'ssh':
      return { config: [], protocols: [], env: sshEnvironment(), secrets }
    case 'file':
      return { config: [], protocols: ['file'], env: {}, secrets }
  }
}

/** The token is bound to the remote's own host: a redirect to another one does not carry it along. */
function httpConfig(url: string, secret: string | null): readonly ConfigEntry[] {
  const slow: readonly ConfigEntry[] = [
    ['http.lowSpeedLimit', '1000'],
    ['http.lowSpeedTime', '60'],
  ]
  if (secret === null) return slow
  const header = `Authorization: Basic ${basicCredential(secret)}`
  return [...slow, [`http.${new URL(url).origin}/.extraHeader`, header]]
}

function sshEnvironment(): Record<string, string> {
  const agent = process.env.SSH_AUTH_SOCK
  return { GIT_SSH_COMMAND: sshCommand, GIT_SSH_VARIANT: 'ssh', ...(agent ? { SSH_AUTH_SOCK: agent } : {}) }
}

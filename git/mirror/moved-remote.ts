import { UndriftError } from '../../domain/errors.ts'
import { type BoundedOptions, runBounded } from '../process/bounded.ts'
import type { GitResult, Place } from '../process/command.ts'
import { redact } from '../process/redact.ts'
import type { RemoteAccess } from '../types.ts'
import { accessOptions } from './remote-access.ts'

/** What git asks first of a remote over HTTP. Source: gitprotocol-http(5). */
const firstRequest = /\/info\/refs\?service=git-(?:upload|receive)-pack$/

/**
 * Runs a git command that talks to this remote. Throws as git does; UNDRIFT_E_MOVED, with the address that it redirects
 * to, for a remote that has moved.
 */
export async function talk(place: Place, access: RemoteAccess, command: BoundedOptions): Promise<GitResult> {
  try {
    return await runBounded(place, access, command)
  } catch (error) {
    if (!(error instanceof UndriftError) || error.code !== 'UNDRIFT_E_MOVED') throw error
    // A feed's host is somebody else's choice: where it leads is looked at by the feed's own rules.
    if (access.addresses !== undefined) throw error
    throw moved(access, {
      error,
      to: await whereItLeads(place, access, command.argv[0] === 'push' ? 'push' : 'fetch'),
    })
  }
}

function moved(
  { remote, secret }: RemoteAccess,
  { error, to }: { readonly error: UndriftError; readonly to: string | null },
): UndriftError {
  const where = to === null ? 'another address' : redact(to, secret === null ? [] : [secret])
  return new UndriftError(
    'UNDRIFT_E_MOVED',
    `The remote ${remote.name} (${remote.url}) redirects to ${where}; nothing was sent there.`,
    { cause: error },
  )
}

/** Asks once more, and reads the answer's own header: git tells the status alone. Null where it is not to be found. */
async function whereItLeads(
  place: Place,
  access: RemoteAccess,
  kind: 'fetch' | 'push',
): Promise<string | null> {
  const options = accessOptions(access)
  const { url } = access.remote
  const argv =
    kind === 'push'
      ? ['push', '--dry-run', '--quiet', '--no-verify', '--', url, ':refs/heads/undrift-asks-the-way']
      : ['ls-remote', '--quiet', '--', url]
  // Git leaves the credentials out of what it traces.
  const env = { ...options.env, GIT_TRACE_CURL: '1', GIT_TRACE_CURL_NO_DATA: '1', GIT_TRACE_REDACT: '1' }
  try {
    const { stderr } = await runBounded(place, access, { argv, env, okCodes: [0, 1, 128] })
    const header = /<= Recv header: location: (\S+)/i.exec(stderr)?.[1]
    return header === undefined ? null : repositoryAt(header, url)
  } catch {
    return null
  }
}

/** The repository's address behind a redirect of its first request: without what a URL may hold beside the place. */
function repositoryAt(location: string, asked: string): string | null {
  const there = URL.parse(location.replace(firstRequest, ''), asked)
  if (there === null) return null
  return `${there.origin}${there.pathname}`.slice(0, 300)
}

import { UndriftError } from '../../domain/errors.ts'

export type RemoteKind = 'https' | 'ssh' | 'file'

/** How a Git URL is reached. Throws UNDRIFT_E_INPUT, with advice, for one that is unsafe or that we do not speak. */
export function remoteKind(url: string): RemoteKind {
  if (url.startsWith('-')) throw refused(url, 'begins with a `-`', 'Git would take it for an option.')
  if (/[\x00-\x20\x7f]/.test(url))
    throw refused(url, 'holds a space or a control character', 'Encode it as %20.')
  if (/^[a-z0-9+.-]*::/i.test(url)) {
    throw refused(url, 'names a remote helper (`…::`)', 'It could run any program; use https, ssh or a path.')
  }
  if (url.startsWith('/')) return 'file'
  if (/^[a-z0-9+.-]+:\/\//i.test(url)) return kindOfUrl(url)
  return kindOfScp(url)
}

/** The host of a Git URL, for what is counted by host; the path of a repository on this machine. Throws as `remoteKind` does. */
export function hostOf(url: string): string {
  if (remoteKind(url) === 'file') return url
  if (/^[a-z0-9+.-]+:\/\//i.test(url)) return new URL(url).host
  return /^(?:[^@/]*@)?([^@/:]+|\[[0-9a-f:]+\]):/i.exec(url)?.[1] ?? url
}

function kindOfUrl(url: string): RemoteKind {
  const parsed = URL.parse(url)
  if (!parsed)
    throw refused(url, 'cannot be read as a URL', 'Write it as https://host/path or ssh://user@host/path.')
  if (parsed.password !== '') {
    throw refused(
      url,
      'has a password in it',
      'Write `token: env:NAME` beside it and set NAME on the worker.',
    )
  }
  switch (parsed.protocol) {
    case 'https:':
      if (parsed.username !== '') {
        throw refused(url, 'has a user name or token in it', 'Write `token: env:NAME` beside it instead.')
      }
      return 'https'
    case 'ssh:':
      if (parsed.hostname.startsWith('-') || decodeURIComponent(parsed.username).startsWith('-')) {
        throw refused(url, 'has a host or user that begins with `-`', 'ssh would take it for an option.')
      }
      return 'ssh'
    case 'file:':
      if (parsed.hostname !== '') throw refused(url, 'names a host', 'Write file:///path.')
      return 'file'
    default:
      throw refused(url, `is ${parsed.protocol}//, which is not encrypted or not known`, 'Use https or ssh.')
  }
}

/** `user@host:path`, as ssh's own tools write it. */
function kindOfScp(url: string): RemoteKind {
  const scheme = /^(https?|ssh|file|ftps?|git\+(?:ssh|https?)):/i.exec(url)?.[1]
  if (scheme !== undefined) {
    throw refused(url, `has no slashes after \`${scheme}:\``, `Write it as ${scheme}://…`)
  }
  const match = /^(?:([^@/:]+)(:[^@/]*)?@)?([^@/:]+|\[[0-9a-f:]+\]):.+$/i.exec(url)
  if (!match) {
    throw refused(
      url,
      'is neither a URL, nor host:path, nor an absolute path',
      'See the examples of `undrift.yaml`.',
    )
  }
  const [, user = '', password, host = ''] = match
  if (password !== undefined) throw refused(url, 'has a password in it', 'Use an SSH key, and leave it out.')
  if (user.startsWith('-') || host.startsWith('-')) {
    throw refused(url, 'has a host or user that begins with `-`', 'ssh would take it for an option.')
  }
  return 'ssh'
}

function refused(url: string, what: string, hint: string): UndriftError {
  const shown = url.replace(/(\/\/)?[^/@\s]*@/, '$1***@').slice(0, 200)
  return new UndriftError('UNDRIFT_E_INPUT', `The Git URL "${shown}" ${what}.`, { hint })
}

import { isIP } from 'node:net'
import { isAbsolute, normalize } from 'node:path'
import type { Fault } from './fault.ts'
import { isHostName } from './network.ts'

const shapes = 'https://…, ssh://…, user@host:path, file:///… or an absolute path'
const scpLike = /^(?:([^/:@]+)@)?([^/:@]+):(?!\/\/)(.+)$/

/** A scheme whose slashes were forgotten: `https:host/x` would be the path `host/x` on a host named `https`. */
const slashless = /^(https?|ssh|file|ftps?|git\+(?:ssh|https?)):(?!\/\/)/i

/** What is wrong with the URL of a Git repository, or null. As strict as the engine, which speaks https, ssh and files. */
export function gitUrlFault(url: string): Fault | null {
  if (url === '') return bad('the URL is empty')
  if (url.startsWith('-')) return bad('the URL begins with a dash, which Git would read as an option')
  if (/^[a-z0-9+.-]+::/i.test(url)) {
    return bad('the URL names a remote helper (`name::`), which runs a program', shapes)
  }
  if (/[\s\u0000-\u001f\u007f]/.test(url)) return bad('the URL has white space or a control character in it')
  if (isAbsolute(url)) return pathFault(url)
  if (/^[a-z][a-z0-9+.-]*:\/\//i.test(url)) return schemeFault(url)
  const scheme = slashless.exec(url)?.[1]
  if (scheme !== undefined) return bad(`the slashes after \`${scheme}:\` are missing`, `${scheme}://…`)
  if (/^[^@/:]+:[^@/]*@/.test(url)) return credentialFault('a password')
  const scp = scpLike.exec(url)
  if (!scp) return bad('this is not the URL of a Git repository', shapes)
  return hostFault(scp[2] ?? '') ?? optionFault(scp[3] ?? '') ?? userFault(scp[1])
}

/** What is wrong with a feed's URL, or null. Which addresses may be contacted is decided when it is fetched. */
export function feedUrlFault(url: string): Fault | null {
  if (url.startsWith('git+')) return gitUrlFault(url.slice('git+'.length))
  const scheme = slashless.exec(url)?.[1]
  if (scheme !== undefined) return bad(`the slashes after \`${scheme}:\` are missing`, `${scheme}://…`)
  const parsed = /[\s\u0000-\u001f\u007f]/.test(url) ? null : parse(url)
  if (!parsed || !/^https?:$/.test(parsed.protocol)) {
    return bad(
      'this is not the URL of a feed',
      'http://…, https://…, or git+ and the URL of a repository for its tags',
    )
  }
  return passwordFault(parsed) ?? hostFault(parsed.hostname)
}

function schemeFault(url: string): Fault | null {
  const parsed = parse(url)
  if (!parsed) return bad('this is not a URL', shapes)
  const password = passwordFault(parsed)
  if (password) return password
  switch (parsed.protocol) {
    case 'https:':
      return parsed.username ? credentialFault('a user name or token') : hostFault(parsed.hostname)
    case 'ssh:':
      return hostFault(parsed.hostname) ?? userFault(decodeURIComponent(parsed.username))
    case 'file:':
      if (parsed.host) return bad('a file:// URL names no host', 'file:///absolute/path')
      return pathFault(parsed.pathname)
    case 'http:':
    case 'git:':
      return bad(`${parsed.protocol}// neither proves nor hides what it carries`, 'https:// or ssh://')
    default:
      return bad(`\`${parsed.protocol}//\` is not a way to reach a repository`, shapes)
  }
}

function passwordFault(parsed: URL): Fault | null {
  return parsed.password ? credentialFault('a password') : null
}

function credentialFault(what: string): Fault {
  return {
    kind: 'secret',
    message: `${what} stands in the URL`,
    expected: 'a URL without one',
    hint: 'Write `{ url: …, token: env:NAME }` and set NAME in the environment of the git worker.',
  }
}

function hostFault(host: string): Fault | null {
  const bare = host.replace(/^\[|\]$/g, '')
  if (bare.startsWith('-')) return bad('the host begins with a dash, which SSH would read as an option')
  return isIP(bare) || isHostName(bare) ? null : bad('the host in the URL is not a host name')
}

function userFault(user: string | undefined): Fault | null {
  return user?.startsWith('-') ? bad('the user begins with a dash, which SSH would read as an option') : null
}

function optionFault(path: string): Fault | null {
  return path.startsWith('-') ? bad('the path begins with a dash, which Git would read as an option') : null
}

function pathFault(path: string): Fault | null {
  if (normalize(path) !== path) return bad('the path has `.`, `..` or doubled slashes in it')
  return null
}

function parse(url: string): URL | null {
  return URL.canParse(url) ? new URL(url) : null
}

function bad(message: string, expected?: string): Fault {
  return { kind: 'bad-url', message, ...(expected === undefined ? {} : { expected }) }
}

import { UndriftError } from '../errors.ts'
import { calver } from './calver.ts'
import { debian } from './debian.ts'
import type { Exec } from './exec.ts'
import { loose } from './loose.ts'
import { numeric } from './numeric.ts'
import { pep440 } from './pep440.ts'
import { regex } from './regex.ts'
import type { Scheme } from './scheme.ts'
import { semver, semverWithBuild } from './semver.ts'

/** What `scheme` may be. */
const schemeNames = [
  'loose',
  'semver',
  'calver:PATTERN',
  'debian',
  'pep440',
  'regex:RE',
  'numeric',
  'commit',
] as const

const plain = new Map([loose, semver, debian, pep440, numeric].map((scheme) => [scheme.name, scheme]))

/** The scheme of this name; `commit` is none of them, for it reads no text. Throws UNDRIFT_E_INPUT for an unknown or a broken one. */
export function findScheme(name: string, exec: Exec, options: { readonly build?: 'numeric' } = {}): Scheme {
  if (options.build !== undefined) {
    return name === 'semver' ? semverWithBuild : refuse('`build: numeric` needs `scheme: semver`.')
  }
  const known = plain.get(name)
  if (known) return known
  const [kind, argument] = splitOnce(name)
  if (kind === 'calver' && argument !== null) return calver(argument) ?? refuse(badCalver(argument))
  if (kind === 'regex' && argument !== null) return regexScheme(argument, exec)
  return refuse(`There is no scheme "${name}"; there are ${schemeNames.join(', ')}.`)
}

/** Reads a regular expression of the rules. Throws UNDRIFT_E_INPUT for a broken one. */
export function readExpression(field: string, source: string, flags = ''): RegExp {
  try {
    return new RegExp(source, flags)
  } catch (cause) {
    return refuse(`\`${field}\` is not a regular expression: ${messageOf(cause)}.`, cause)
  }
}

function regexScheme(source: string, exec: Exec): Scheme {
  readExpression('scheme', source)
  return regex(source, exec) ?? refuse('`scheme: regex:…` needs a named group such as (?<major>\\d+).')
}

function badCalver(pattern: string): string {
  return `"${pattern}" is no pattern of calver.org's tokens, such as YYYY.0M.MICRO.`
}

function splitOnce(name: string): readonly [string, string | null] {
  const colon = name.indexOf(':')
  return colon === -1 ? [name, null] : [name.slice(0, colon), name.slice(colon + 1)]
}

function messageOf(cause: unknown): string {
  return cause instanceof Error ? cause.message.replace(/\.$/, '') : String(cause)
}

function refuse(message: string, cause?: unknown): never {
  throw new UndriftError('UNDRIFT_E_INPUT', message, cause === undefined ? {} : { cause })
}

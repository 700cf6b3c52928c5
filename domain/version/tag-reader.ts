import { UndriftError } from '../errors.ts'
import type { TagRules } from '../settings.ts'
import { type Exec, execUnguarded } from './exec.ts'
import { findScheme, readExpression } from './find-scheme.ts'
import { rangeTest } from './range-test.ts'
import type { Scheme } from './scheme.ts'
import { numberKey } from './sort-key.ts'
import type { SkipReason, Version, VersionReading } from './version.ts'

export interface TagReaderOptions {
  /** How the rules' regular expressions are run; for as long as they take when left out. */
  readonly exec?: Exec
  /** For the scheme `commit`: where a tag stands among the others, oldest first; null for a tag without a commit. */
  readonly positionOf?: (tag: string) => number | null
  /** What schemes have read so far, for readers that share it: of many rules, most differ in other things. */
  readonly readings?: Map<string, ReturnType<Scheme['read']>>
}

type NotTaken = Extract<VersionReading, { kind: 'not-taken' }>

/** Reads a tag by rules that were read once: a version that may be taken, or the rule that leaves it out. */
export type TagReader = (tag: string) => VersionReading

/** Makes the reader of these rules. Throws UNDRIFT_E_INPUT for rules that cannot be read. */
export function tagReader(rules: TagRules, options: TagReaderOptions = {}): TagReader {
  const exec = options.exec ?? execUnguarded
  const scheme = schemeOf(rules, { ...options, exec })
  const match = rules.match === undefined ? null : readExpression('match', rules.match)
  const ignore = rules.ignore === undefined ? null : readExpression('ignore', rules.ignore)
  const inRange = rules.range === undefined ? null : rangeTest(rules.range, scheme)

  const readByScheme = (tag: string) => {
    const key = `${rules.scheme ?? ''}\n${rules.build ?? ''}\n${rules.prefix}\n${tag}`
    const known = options.readings?.get(key)
    if (known !== undefined) return known
    const version = scheme.read(tag.slice(rules.prefix.length), tag)
    options.readings?.set(key, version)
    return version
  }

  return (tag) => {
    if (!tag.startsWith(rules.prefix)) return notTaken('prefix', `it does not begin with ${rules.prefix}`)
    if (match) {
      const found = exec(match, tag)
      if (found === 'too-slow') return notTaken('match', 'the expression takes too long on it')
      if (!found) return notTaken('match', `it does not match ${rules.match}`)
    }
    if (ignore) {
      const found = exec(ignore, tag)
      if (found === 'too-slow') return notTaken('ignore', 'the expression takes too long on it')
      if (found) return notTaken('ignore', `it matches ${rules.ignore}`)
    }
    const version = readByScheme(tag)
    if (version === null) return notTaken('not a version', `by the scheme ${scheme.name}`)
    if ('because' in version) {
      return notTaken(scheme.name === 'commit' ? 'no commit' : 'not a version', version.because)
    }
    if (inRange && !inRange(version)) return { ...notTaken('range', `it is not in ${rules.range}`), version }
    if (version.prerelease && !rules.prereleases)
      return { ...notTaken('pre-release', 'the rules take none'), version }
    return { kind: 'version', version, prerelease: version.prerelease }
  }
}

function notTaken(reason: SkipReason, words: string): NotTaken {
  return { kind: 'not-taken', reason, detail: `${reason}: ${words}` }
}

function schemeOf(rules: TagRules, options: TagReaderOptions & { readonly exec: Exec }): Scheme {
  if (rules.scheme !== 'commit') {
    const { scheme = 'loose', build } = rules
    return findScheme(scheme, options.exec, build === undefined ? {} : { build })
  }
  if (rules.build !== undefined) {
    throw new UndriftError('UNDRIFT_E_INPUT', '`build: numeric` needs `scheme: semver`.')
  }
  const { positionOf } = options
  if (!positionOf) {
    throw new UndriftError('UNDRIFT_E_INPUT', 'The scheme commit needs a repository to look into.')
  }
  return {
    name: 'commit',
    read: (text, tag): Version | { readonly because: string } => {
      const position = positionOf(tag)
      if (position === null) return { because: 'it points at something else' }
      return { text, prerelease: false, key: numberKey(String(position)) }
    },
    boundKey: null,
  }
}

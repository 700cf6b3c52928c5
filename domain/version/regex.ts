import type { Exec } from './exec.ts'
import type { Scheme } from './scheme.ts'
import { atRelease, beforeRelease, identifierKey, textKey } from './sort-key.ts'

const missing = '\u0001'
const present = '\u0002'

/** A group's opening, outside of escapes and character classes. */
const opening = /\\[\s\S]|\[(?:\\[\s\S]|[^\]\\])*\]|\(\?<([\p{ID_Start}$_][\p{ID_Continue}$]*)>/gu

/** Versions by the named groups of a regular expression; null for one without any. Throws SyntaxError for a broken one. */
export function regex(source: string, exec: Exec): Scheme | null {
  const expression = new RegExp(source)
  const names = namesOf(source)
  if (names.length === 0) return null
  return {
    name: `regex:${source}`,
    read: (text) => {
      const found = exec(expression, text)
      if (found === 'too-slow') return { because: 'the regular expression takes too long on it' }
      if (found === null) return null
      const groups = found.groups ?? {}
      return {
        text,
        prerelease: Boolean(groups.prerelease),
        key: names.map((name) => groupKey(name, groups[name])).join(''),
      }
    },
    boundKey: null,
  }
}

/** A name may stand in several alternatives; its first place counts. */
function namesOf(source: string): readonly string[] {
  const found = [...source.matchAll(opening)].flatMap(([, name]) => (name === undefined ? [] : [name]))
  return [...new Set(found)]
}

/** A pre-release is older than its release, which may hold the group as nothing; every other group that is missing is the lowest. */
function groupKey(name: string, value: string | undefined): string {
  if (name === 'prerelease') return value ? beforeRelease + valueKey(value) : atRelease
  return value === undefined ? missing : present + valueKey(value)
}

function valueKey(value: string): string {
  const runs = value.match(/\d+|\D+/g) ?? []
  return textKey(runs.map(identifierKey).join(''))
}

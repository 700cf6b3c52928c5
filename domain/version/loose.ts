import { atRelease, beforeRelease, identifierKey, numberKey } from './sort-key.ts'
import type { Version } from './version.ts'

const grammar =
  /^v?(\d+)(?:\.(\d+))?(?:\.(\d+))?(?:\.(\d+))?(?:-([!-~]+)|((?:alpha|beta|pre|rc)(?:[\d.+_-][!-~]*)?))?$/i

/** Reads one to four numbers with an optional `v`; a suffix after `-` or a glued alpha, beta, pre, rc is a pre-release. */
export function readLoose(text: string): Version | null {
  const found = grammar.exec(text)
  if (!found || text.startsWith('V')) return null
  const [, first = '', second = '0', third = '0', fourth = '0', dashed, glued] = found
  const numbers = [first, second, third, fourth].map(numberKey).join('')
  const suffix = dashed ?? glued
  if (suffix === undefined) return { text, prerelease: false, key: numbers + atRelease }
  return { text, prerelease: true, key: numbers + beforeRelease + suffixKey(suffix) }
}

/** Reads `rc1`, `rc.1` and `RC-1` alike, and puts rc2 before rc10. */
function suffixKey(suffix: string): string {
  const identifiers = suffix.toLowerCase().match(/\d+|[a-z]+/g) ?? []
  return identifiers.map(identifierKey).join('')
}

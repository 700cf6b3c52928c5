import type { Scheme } from './scheme.ts'
import { atRelease, beforeRelease, numbersKey, suffixKey } from './sort-key.ts'
import type { Version } from './version.ts'

const grammar =
  /^v?(\d+)(?:\.(\d+))?(?:\.(\d+))?(?:\.(\d+))?(?:-([^\s\p{Cc}]+)|((?:alpha|beta|pre|rc)(?:[\d.+_-][^\s\p{Cc}]*)?))?$/iu

/** One to four numbers with an optional `v`; a suffix after `-` or a glued alpha, beta, pre, rc is a pre-release. */
export const loose: Scheme = { name: 'loose', read: readLoose, boundKey: looseKey }

/** Reads a version of the scheme `loose`. */
export function readLoose(text: string): Version | null {
  const found = text.startsWith('V') ? null : grammar.exec(text)
  if (!found) return null
  const [, first = '0', second = '0', third = '0', fourth = '0', dashed, glued] = found
  const suffix = dashed ?? glued ?? null
  return {
    text: text.replace(/^v/, ''),
    prerelease: suffix !== null,
    key: looseKey([first, second, third, fourth], suffix),
  }
}

function looseKey(numbers: readonly string[], suffix: string | null): string {
  return numbersKey(numbers, 4) + (suffix === null ? atRelease : beforeRelease + suffixKey(suffix))
}

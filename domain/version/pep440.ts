import type { Scheme } from './scheme.ts'
import { numberKey, textKey } from './sort-key.ts'
import type { Version } from './version.ts'

/** The permissive grammar of PEP 440, appendix B, for text in lower case. */
const grammar =
  /^v?(?:(\d+)!)?(\d+(?:\.\d+)*)(?:[-_.]?(alpha|a|beta|b|preview|pre|c|rc)[-_.]?(\d+)?)?(?:-(\d+)|[-_.]?(post|rev|r)[-_.]?(\d+)?)?(?:[-_.]?(dev)[-_.]?(\d+)?)?(?:\+([a-z\d]+(?:[-_.][a-z\d]+)*))?$/

const lowest = '\u0001'
const present = '\u0002'
const highest = '\u0003'

/** Python's versions. A development release counts as a pre-release. Source: PEP 440. */
export const pep440: Scheme = { name: 'pep440', read: readPep440, boundKey: null }

function readPep440(text: string): Version | null {
  const found = grammar.exec(text.toLowerCase())
  if (!found) return null
  const [
    ,
    epoch = '0',
    release = '',
    pre,
    preNumber = '0',
    implicit,
    post,
    postNumber = '0',
    dev,
    devNumber = '0',
    local,
  ] = found
  const postDigits = implicit ?? (post === undefined ? null : postNumber)
  const devDigits = dev === undefined ? null : devNumber
  return {
    text: text.replace(/^v/i, ''),
    prerelease: pre !== undefined || devDigits !== null,
    key: [
      numberKey(epoch),
      releaseKey(release),
      pre === undefined ? noPreKey(postDigits, devDigits) : present + preLetter(pre) + numberKey(preNumber),
      postDigits === null ? lowest : present + numberKey(postDigits),
      devDigits === null ? highest : present + numberKey(devDigits),
      localKey(local),
    ].join(''),
  }
}

/** Zeros at the end do not count: 1.0 is 1. */
function releaseKey(release: string): string {
  const numbers = release.replace(/(?:\.0+)+$/, '').split('.')
  return textKey(numbers.map(numberKey).join(''))
}

/** A bare development release comes before the pre-releases of the same numbers. */
function noPreKey(post: string | null, dev: string | null): string {
  return post === null && dev !== null ? lowest : highest
}

function preLetter(name: string): string {
  if (name.startsWith('a')) return 'a'
  return name.startsWith('b') ? 'b' : 'c'
}

/** Words come before numbers here, other than in Semantic Versioning. */
function localKey(local: string | undefined): string {
  if (local === undefined) return ''
  const segments = local.split(/[-_.]/)
  return segments
    .map((segment) => (/^\d+$/.test(segment) ? highest + numberKey(segment) : present + textKey(segment)))
    .join('')
}

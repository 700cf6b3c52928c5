import type { Scheme } from './scheme.ts'
import { atRelease, beforeRelease, buildMark, identifierKey, numbersKey } from './sort-key.ts'
import type { Version } from './version.ts'

/** The grammar that semver.org suggests. */
const grammar =
  /^(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)(?:-((?:0|[1-9]\d*|\d*[A-Za-z-][\dA-Za-z-]*)(?:\.(?:0|[1-9]\d*|\d*[A-Za-z-][\dA-Za-z-]*))*))?(?:\+[\dA-Za-z-]+(?:\.[\dA-Za-z-]+)*)?$/

/** Semantic Versioning 2.0.0, to the letter; build metadata does not count. Source: semver.org. */
export const semver: Scheme = { name: 'semver', read: readSemver, boundKey: semverKey }

/** The same where build metadata decides between versions of one precedence: k3s numbers its builds there. */
export const semverWithBuild: Scheme = {
  name: 'semver',
  read: (text) => {
    const version = readSemver(text)
    const build = text.split('+')[1]
    if (version === null || build === undefined) return version
    const runs = build.match(/\d+|\D+/g) ?? []
    return { ...version, key: version.key + buildMark + runs.map(identifierKey).join('') }
  },
  boundKey: semverKey,
}

function readSemver(text: string): Version | null {
  const found = grammar.exec(text)
  if (!found) return null
  const [, major = '', minor = '', patch = '', prerelease = null] = found
  return { text, prerelease: prerelease !== null, key: semverKey([major, minor, patch], prerelease) }
}

function semverKey(numbers: readonly string[], prerelease: string | null): string {
  const head = numbersKey(numbers, 3)
  if (prerelease === null) return head + atRelease
  const identifiers = prerelease === '' ? [] : prerelease.split('.')
  return head + beforeRelease + identifiers.map(identifierKey).join('')
}

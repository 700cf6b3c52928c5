import type { TagRules } from '../settings.ts'
import { readLoose } from './loose.ts'
import type { VersionReading } from './version.ts'

/** Reads a tag by the rules of its upstream: a version that may be taken, or the rule that leaves it out. */
export function readVersion(tag: string, rules: TagRules): VersionReading {
  if (!tag.startsWith(rules.prefix)) {
    return { kind: 'not-taken', reason: 'prefix', detail: `prefix: it does not begin with ${rules.prefix}` }
  }
  const version = readLoose(tag.slice(rules.prefix.length))
  if (!version) {
    return { kind: 'not-taken', reason: 'not a version', detail: 'not a version by the scheme loose' }
  }
  if (version.prerelease && !rules.prereleases) {
    return { kind: 'not-taken', reason: 'pre-release', detail: 'pre-release: the rules take none' }
  }
  return { kind: 'version', version, prerelease: version.prerelease }
}

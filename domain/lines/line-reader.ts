import type { FeedRelease } from '../release.ts'
import type { TagRules } from '../settings.ts'
import { type TagReaderOptions, tagReader } from '../version/tag-reader.ts'
import { compareVersions, type Version } from '../version/version.ts'

/** What the rules of a line make of a release. */
export type Judgement =
  | { readonly kind: 'taken'; readonly version: Version }
  | { readonly kind: 'left'; readonly reason: string }

/** Reads and orders releases by the rules of one line. */
export interface LineReader {
  /** By its tag alone, or by what the feed says of it as well. */
  readonly judge: (release: Pick<FeedRelease, 'tag'> & Partial<FeedRelease>) => Judgement
  /** Whether the rules take a tag, whatever a feed says of it. */
  readonly takes: (tag: string) => boolean
  /** Whether a tag is newer than another: by version, then by commit where that is known, then by name, so that no two tags are the same. */
  readonly isNewer: (tag: string, than: string | null) => boolean
  readonly compare: (a: string, b: string) => number
  /** The version of a tag even where the rules would leave it out; null where it is none. */
  readonly versionOf: (tag: string) => Version | null
  /** Whether the rules read it as a version, though it may be out of their range or a pre-release. */
  readonly isVersion: (tag: string) => boolean
}

/** Makes the reader of a line. Throws UNDRIFT_E_INPUT for rules that cannot be read. */
export function lineReader(rules: TagRules, options: TagReaderOptions = {}): LineReader {
  const read = tagReader(rules, options)
  // What a line stands on stays comparable when other rules than the scheme's have changed since.
  const { prefix, scheme, build } = rules
  const readAny = tagReader(
    { prefix, prereleases: true, ...(scheme ? { scheme } : {}), ...(build ? { build } : {}) },
    options,
  )
  const versions = new Map<string, Version | null>()
  const versionOf = (tag: string): Version | null => {
    const known = versions.get(tag)
    if (known !== undefined) return known
    const reading = readAny(tag)
    const version = reading.kind === 'version' ? reading.version : null
    versions.set(tag, version)
    return version
  }
  // Versions of one precedence keep the order of their commits, where that is known.
  const placeOf = (tag: string) => options.positionOf?.(tag) ?? -1
  const compare = (a: string, b: string): number => {
    const [one, other] = [versionOf(a), versionOf(b)]
    const order = one && other ? compareVersions(one, other) : Number(one !== null) - Number(other !== null)
    return order || placeOf(a) - placeOf(b) || (a === b ? 0 : a < b ? -1 : 1)
  }
  return {
    judge: (release) => {
      const reading = read(release.tag)
      if (reading.kind === 'not-taken') return { kind: 'left', reason: reading.detail }
      if (release.prerelease && !rules.prereleases) {
        return { kind: 'left', reason: 'pre-release: the feed marks it as one' }
      }
      return { kind: 'taken', version: reading.version }
    },
    takes: (tag) => read(tag).kind === 'version',
    isNewer: (tag, than) => than === null || versionOf(than) === null || compare(tag, than) > 0,
    compare,
    versionOf,
    isVersion: (tag) => {
      const reading = read(tag)
      return reading.kind === 'version' || reading.version !== undefined
    },
  }
}

import type { TagRules } from './settings.ts'
import { type TagReaderOptions, tagReader } from './version/tag-reader.ts'
import { compareVersions, type SkipReason, type Version } from './version/version.ts'

/** A tag that was considered, and what became of it. */
export interface ConsideredTag {
  readonly tag: string
  /** As it was read; null where it was not read as one. */
  readonly version: string | null
  readonly prerelease: boolean
  readonly status: 'newest' | 'eligible' | 'skipped'
  /** The rule that left it out; null for a tag that is taken. */
  readonly reason: SkipReason | null
  /** The same for a person. */
  readonly detail: string
}

export interface ConsideredTags {
  readonly newest: string | null
  /** The taken ones newest first, then the skipped ones by name. */
  readonly releases: readonly ConsideredTag[]
}

export interface LeftOut {
  readonly reason: SkipReason
  readonly detail: string
}

export interface ListOptions extends TagReaderOptions {
  /** The tags that are no releases although the rules would take them, and why not. */
  readonly leftOut?: ReadonlyMap<string, LeftOut>
}

/** Applies the rules to every tag of a source; the order of its tags does not matter. Throws UNDRIFT_E_INPUT for rules that cannot be read. */
export function listReleases(
  tags: readonly string[],
  rules: TagRules,
  options: ListOptions = {},
): ConsideredTags {
  const read = tagReader(rules, options)
  const taken: { readonly tag: string; readonly version: Version }[] = []
  const skipped: ConsideredTag[] = []
  for (const tag of new Set(tags)) {
    const reading = read(tag)
    const out = options.leftOut?.get(tag)
    if (reading.kind === 'not-taken') {
      const { reason, detail, version } = reading
      skipped.push({ ...rowOf(tag, version ?? null), status: 'skipped', reason, detail })
    } else if (out !== undefined) {
      skipped.push({ ...rowOf(tag, reading.version), status: 'skipped', ...out })
    } else {
      taken.push({ tag, version: reading.version })
    }
  }
  const placeOf = (tag: string) => options.positionOf?.(tag) ?? -1
  taken.sort(
    (a, b) =>
      compareVersions(b.version, a.version) || placeOf(b.tag) - placeOf(a.tag) || byName(b.tag, a.tag),
  )
  const releases = taken.map(({ tag, version }, index): ConsideredTag => {
    const tie = taken.find((other) => other.tag !== tag && compareVersions(other.version, version) === 0)
    const detail = tie === undefined ? '' : tieWords(tie.tag, placeOf(tag) >= 0 && rules.scheme !== 'commit')
    return { ...rowOf(tag, version), status: index === 0 ? 'newest' : 'eligible', reason: null, detail }
  })
  return {
    newest: taken[0]?.tag ?? null,
    releases: [...releases, ...skipped.sort((a, b) => byName(a.tag, b.tag))],
  }
}

/** Says by what versions of one precedence are ordered. */
function tieWords(other: string, isPlaced: boolean): string {
  return `same precedence as ${other}: ordered by ${isPlaced ? 'their commits' : 'name'}`
}

function rowOf(tag: string, version: Version | null): Pick<ConsideredTag, 'tag' | 'version' | 'prerelease'> {
  return { tag, version: version?.text ?? null, prerelease: version?.prerelease ?? false }
}

function byName(a: string, b: string): number {
  if (a === b) return 0
  return a < b ? -1 : 1
}

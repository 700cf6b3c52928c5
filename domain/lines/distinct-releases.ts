import type { FeedRelease } from '../release.ts'

/**
 * Each release once, where it first stands: a tag that comes twice counts once, and what is not published yet is not there
 * yet. Invariant: what entries of one tag say together does not depend on their order.
 */
export function distinctReleases(releases: readonly FeedRelease[]): readonly FeedRelease[] {
  const byTag = new Map<string, FeedRelease[]>()
  for (const release of releases) {
    if (release.draft === true) continue
    const same = byTag.get(release.tag)
    if (same === undefined) byTag.set(release.tag, [release])
    else same.push(release)
  }
  return [...byTag.values()].map((same) => (same.length === 1 ? (same[0] as FeedRelease) : together(same)))
}

/** The careful reading of entries that differ: the youngest, a pre-release if one says so, and the words of all. */
function together(same: readonly FeedRelease[]): FeedRelease {
  const sorted = same.toSorted((one, other) => (JSON.stringify(one) < JSON.stringify(other) ? -1 : 1))
  const flags = sorted.map(({ prerelease }) => prerelease)
  const times = sorted.flatMap(({ publishedAt }) => publishedAt ?? [])
  return {
    ...(sorted[0] as FeedRelease),
    publishedAt: times.toSorted().at(-1) ?? null,
    prerelease: flags.includes(true) ? true : flags.includes(false) ? false : null,
    notes: sorted.flatMap(({ title, notes }) => [title, notes ?? '']).join('\n'),
  }
}

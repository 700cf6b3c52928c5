/** A tag that was read as a version. Plain data; two versions compare only within one scheme. */
export interface Version {
  /** What was read: the tag without its prefix, and without a `v` that the scheme allows before it. */
  readonly text: string
  readonly prerelease: boolean
  /** Invariant: versions are ordered as these keys are, by UTF-16 code units, so the order is total whatever a scheme does. */
  readonly key: string
}

/** The rules that leave a tag out, by the names that `reason` shows. */
export const skipReasons = [
  'prefix',
  'match',
  'ignore',
  'range',
  'pre-release',
  'not a version',
  'no commit',
  'older',
] as const
export type SkipReason = (typeof skipReasons)[number]

/** What the rules make of a tag. */
export type VersionReading =
  | { readonly kind: 'version'; readonly version: Version; readonly prerelease: boolean }
  | {
      readonly kind: 'not-taken'
      readonly reason: SkipReason
      /** One line for a person; it names the reason and what the rule wanted. */
      readonly detail: string
      /** The version, where the tag is one all the same. */
      readonly version?: Version
    }

/** Orders two versions of one scheme: below zero when `a` is older, zero when neither is newer. */
export function compareVersions(a: Version, b: Version): number {
  if (a.key === b.key) return 0
  return a.key < b.key ? -1 : 1
}

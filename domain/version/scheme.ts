import type { Version } from './version.ts'

/** One way to read versions. All that it reads is ordered by the keys that it makes. */
export interface Scheme {
  readonly name: string
  /** Reads a tag without its prefix; null when it is no version, a sentence's end when more can be said of why. */
  readonly read: (text: string, tag: string) => Version | null | { readonly because: string }
  /** The key of a bound of a range; null for a scheme that ranges cannot read. */
  readonly boundKey: ((numbers: readonly string[], prerelease: string | null) => string) | null
}

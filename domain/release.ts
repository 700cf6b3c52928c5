import type { Oid } from './patch.ts'

/** What a feed says of one upstream version. A hint: what counts is the tag in the upstream repository. */
export interface FeedRelease {
  readonly tag: string
  readonly title: string
  /** ISO 8601; null when the feed gives no usable time. */
  readonly publishedAt: string | null
  readonly url: string | null
  /** Null when the feed does not say. */
  readonly prerelease: boolean | null
  /** True while it is not published yet. */
  readonly draft?: boolean
  /** Its notes, or the head of very long ones. */
  readonly notes?: string
  /** At most eight of its files. */
  readonly assets?: readonly { readonly name: string; readonly url: string }[]
}

/** A release that was looked up in the upstream repository. */
export interface PinnedRelease {
  readonly tag: string
  /** The annotated tag's own object, or the commit for a lightweight tag. */
  readonly tagObject: Oid
  readonly commit: Oid
}

/** A tag as it was seen first, wherever that was; of some only the tag's own object was kept. */
export interface SeenTag extends Pick<PinnedRelease, 'tag' | 'tagObject'> {
  /** Null where it is not known. */
  readonly commit: Oid | null
}

/** What a person let go although it raised an integrity alarm. */
export interface AcceptedTag {
  readonly need: 'tag-moved' | 'tag-signature'
  readonly tagObject: Oid
}

/** A release that was seen and left out, with the rule that did it. */
export interface SkippedRelease {
  readonly tag: string
  readonly reason: string
}

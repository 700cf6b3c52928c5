/** One entry of a feed as the parser found it. */
export interface FeedEntry {
  readonly title: string
  readonly link: string | null
  /** Atom's `id`, RSS's `guid`. */
  readonly id: string | null
  readonly published: string | null
  /** The text of its notes, without markup; empty where there is none. */
  readonly notes: string
}

/** What the parsing thread says: first that it is ready, then how it went. */
export type ParserMessage =
  | { readonly kind: 'ready' }
  | { readonly kind: 'entries'; readonly entries: readonly FeedEntry[] }
  | { readonly kind: 'invalid'; readonly words: string }

/** One entry of a feed as the parser found it. */
export interface FeedEntry {
  readonly title: string
  /** The addresses of its page: most entries have one. */
  readonly links: readonly string[]
  /** Atom's `id`, RSS's `guid`: one, in a feed that keeps to its format. */
  readonly ids: readonly string[]
  readonly published: string | null
  /** The text of its notes, without markup; empty where there is none. */
  readonly notes: string
}

/** What the parsing thread says: first that it is ready, then how it went. */
export type ParserMessage =
  | { readonly kind: 'ready' }
  | { readonly kind: 'entries'; readonly entries: readonly FeedEntry[] }
  | { readonly kind: 'invalid'; readonly words: string }

import { signalAttempts } from './signal-attempts.ts'
import type { MovedTagsInput } from './watch-types.ts'

/** Tells the running attempts of these releases that their tags moved, so that they look before they go on; returns whom it told. */
export function tellMovedTags({ upstream, tags }: MovedTagsInput): Promise<readonly string[]> {
  return signalAttempts(upstream, (tag) => (tags.includes(tag) ? { name: 'tagMoved', input: { tag } } : null))
}

import { createAtomFeed } from './atom/atom-feed.ts'
import type { Feed } from './types.ts'

/** The feed that reads what the config's `feed` names. */
export function createFeed(_url: string): Feed {
  return createAtomFeed()
}

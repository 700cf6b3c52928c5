import type { History } from './history-testing.ts'
import type { WrittenHistory } from './objects-testing.ts'
import type { Oracle } from './oracle-testing.ts'
import type { Breach } from './told-testing.ts'

/** A history with all that is known of it. */
export interface Game {
  readonly history: History
  readonly oracle: Oracle
  readonly written: WrittenHistory
}

/** What playing one history came to. */
export interface Played {
  readonly history: History
  readonly kind: 'done' | 'question' | 'conflict' | 'error'
  readonly breaches: readonly Breach[]
  /** What git makes of picking the patches one by one; null where that says nothing. */
  readonly git: 'clean' | 'conflict' | null
  /** Why a person is asked though git is clean and its tree breaks no rule; null where that is not so. */
  readonly asked: 'nothing-taken' | 'something-taken' | null
  /** Why a person is asked, in a few words each. */
  readonly reasons: readonly string[]
  /** The plan's own words. */
  readonly lines: readonly string[]
}

import type { Verdict } from '../../../domain/patch.ts'
import type { Contents } from './nets-testing.ts'
import type { Word } from './states-testing.ts'

/** What a replay says of one commit of the fork. */
export interface Told {
  readonly commit: number
  readonly verdict: Verdict | null
  /** Numbers of the commits that were folded into it. */
  readonly folded: readonly number[]
  /** What carries it now, and what that stands on; null where nothing does. */
  readonly made: { readonly before: Contents; readonly after: Contents } | null
  /** Upstream commits that it is said to have landed as; one that is not of the history is left out. */
  readonly landedAs: readonly number[]
  readonly reason: string
  /** Commits, old and new ones, that the reason names. */
  readonly names: readonly string[]
  /** Numbers of the old ones among them. */
  readonly named: readonly number[]
  /** Whether a person settled it. */
  readonly isSettled: boolean
}

/** What a replay came to, in the oracle's words. */
export interface Outcome {
  readonly kind: 'done' | 'question' | 'conflict'
  readonly told: readonly Told[]
  /** Merges that hold nothing of their own. */
  readonly merges: readonly number[]
  /** Commits of upstream that the target lacks: they are left out, and said to be. */
  readonly leftOut: readonly number[]
  /** Words that a question of the plan names. */
  readonly questioned: ReadonlySet<Word>
  readonly result: Contents
}

/** A rule that an outcome breaks. */
export interface Breach {
  readonly rule: string
  readonly what: string
}

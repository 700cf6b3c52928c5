import type { CarriedResolution, MadeInput, StackInput, StepInput } from '../activities/types.ts'
import type { Need, Outcome, Step } from '../domain/attempt.ts'
import type { PendingFiles } from '../domain/generated.ts'
import type { Weight } from '../domain/limits.ts'
import type { Oid } from '../domain/patch.ts'
import type { Attempt } from './attempt.ts'
import type { LetGo } from './messages.ts'

/** Where an attempt goes after a step. */
export type Next =
  | { readonly kind: 'go'; readonly step: Step }
  | {
      readonly kind: 'ask'
      readonly need: Need
      readonly question: string
      readonly evidence: readonly string[]
      /** Lists of patches, each of which a person may answer to drop. */
      readonly drops?: readonly (readonly Oid[])[]
      /** What `approve` lets go, where the question is an integrity alarm. */
      readonly alarm?: LetGo
      /** The limit that `approve` lifts, where the question is about one. */
      readonly weight?: Weight
    }
  | { readonly kind: 'end'; readonly outcome: Outcome; readonly reason: string }

/** What the steps of one attempt share beside its standing. */
export interface StepState {
  readonly attempt: Attempt
  /** How often in a row a step found no worker on its queue. */
  unserved: number
  /** How long a queue without a worker goes unnoticed, in milliseconds. */
  readonly patience: () => number
  /** Since when pushes fail because a remote cannot be reached, in milliseconds since 1970; null while they do not. */
  pushFailsSince: number | null
  resolutions: readonly CarriedResolution[]
  /** Set by `resume`: a settled work tree is taken as it lies there. */
  takeWorkTree: boolean
  /** Who resumed last. */
  resumedBy: string
  approved: boolean
  /** The replayed stack that a person found right. */
  accepted: Oid | null
  /** Generated files of the replay that are still to be made again. */
  pending: readonly PendingFiles[]
  /** Generated files that were made again. */
  made: MadeInput | null
  /** The maintained branch already holds the release. */
  contained: boolean
  /** The tree that passed verification. */
  tree: Oid | null
  replans: number
  /** What the feed says against the release, and a person lets pass. */
  despite: string | null
  /** Someone began it, and not the watch; the watch is told once. */
  byHand: boolean
  /** What a person let go although it raised an integrity alarm. */
  letGo: readonly LetGo[]
  /** The limits that a person lifted. */
  lifted: readonly Weight[]
}

/** What every step is told. */
export function stepInput({ attempt, letGo, lifted }: StepState): StepInput {
  const { id, tag, settings } = attempt.status()
  const accepted = letGo.map(({ need, tagObject }) => ({ need, tagObject }))
  return {
    attempt: id,
    tag,
    settings,
    ...(accepted.length === 0 ? {} : { accepted }),
    ...(lifted.length === 0 ? {} : { lifted }),
  }
}

/** What makes a replay the same on every machine. */
export function stackInput(state: StepState): StackInput {
  const { stackHead, onto, dropped } = state.attempt.status()
  if (stackHead === null || onto === null)
    throw new Error('A stack is asked for before anything was fetched.')
  const less = dropped.length === 0 ? {} : { dropped }
  const made = state.made === null ? {} : { made: state.made }
  return { ...stepInput(state), stackHead, onto, resolutions: state.resolutions, ...less, ...made }
}

/** What a phase makes anew: what an earlier round came to is not told any more. */
const forgotten = {
  fetching: { head: null, conflict: null, checks: [], candidates: [] },
  rebasing: { head: null, conflict: null, checks: [], candidates: [] },
  verifying: { checks: [], candidates: [] },
  pushing: {},
} as const

/** Begins a phase; says so when nobody came to work on it so far. */
export function enter(
  state: StepState,
  phase: 'fetching' | 'rebasing' | 'verifying' | 'pushing',
  reason: string,
): void {
  state.attempt.learn(forgotten[phase])
  const unserved = ' No worker took it so far: start one with `undrift worker`.'
  state.attempt.enter(phase, state.unserved === 0 ? reason : reason + unserved)
}

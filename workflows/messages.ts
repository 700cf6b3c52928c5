import { defineQuery, defineSignal, defineUpdate } from '@temporalio/workflow'
import type { CarriedResolution, WorkerPlace } from '../activities/types.ts'
import type {
  Candidate,
  Check,
  DecisionName,
  Intervention,
  Need,
  Outcome,
  Phase,
  Step,
} from '../domain/attempt.ts'
import type { PackedKnowledge } from '../domain/lines/packed-knowledge.ts'
import type { ConflictPath, LeftOut, Oid, PatchReport } from '../domain/patch.ts'
import type { PollMemory } from '../domain/poll-memory.ts'
import type { AcceptedTag, PinnedRelease } from '../domain/release.ts'
import type { Proof } from '../domain/sealed.ts'
import type { AttemptSettings, ForkSettings, UpstreamSettings } from '../domain/settings.ts'
import type { FeedObjection, WaitingRelease, WatchKnowledge } from '../domain/watch.ts'

/** What comes with a decision. Every field may be left out, so that a bare signal does as well. */
export interface DecisionInput {
  /** Who decides, for the record. */
  readonly by?: string
  /** `retry` only: the step to begin again with; the one that stopped when it is left out. */
  readonly from?: Step
  /** `resume` only: resolutions made on another machine than the worker's. */
  readonly resolutions?: readonly CarriedResolution[]
  /** `resume` only: patches that the person drops, by the beginnings of their ids. */
  readonly drop?: readonly string[]
}

export interface SupersedeInput {
  /** The newer release's tag. */
  readonly tag: string
}

export interface MaintainInput {
  readonly settings: AttemptSettings
  /** Someone runs it, and not the watch: the watch is told what the line stands on. */
  readonly byHand?: true
  readonly release: { readonly tag: string; readonly publishedAt: string | null; readonly url: string | null }
}

export interface PromoteInput {
  readonly settings: AttemptSettings
  readonly attempt: string
  readonly tag: string
  /** The candidate to move the maintained branch to. */
  readonly to: Oid
  /** Where the maintained branch was when the attempt began: it must be there still. */
  readonly expected: Oid
  readonly by: string
}

export interface PromoteResult {
  readonly branch: string
  readonly from: Oid
  readonly to: Oid
  /** Per remote, the ref that keeps the old value. */
  readonly backups: readonly { readonly remote: string; readonly ref: string }[]
  readonly by: string
  /** ISO 8601. */
  readonly at: string
}

export interface WatchInput {
  readonly upstream: UpstreamSettings
  /** The forks that follow this upstream. */
  readonly forks: readonly ForkSettings[]
  /** What an earlier run of this watch knew; null at first contact. */
  readonly known: PackedKnowledge | null
  /** Names the config that `upstream` and `forks` came from; stands in the memo as `configDigest`. */
  readonly configDigest: string
  /** What the polls before came to; absent at first contact. */
  readonly memory?: PollMemory
  /** When `upstream` and `forks` were signed, ISO 8601; absent in the input of the first run, whose own signature tells. */
  readonly configuredAt?: string
}

/** The new settings of a running watch; it keeps what it knows. */
export interface ConfigureInput {
  readonly upstream: UpstreamSettings
  readonly forks: readonly ForkSettings[]
  readonly configDigest: string
}

export interface WatchStatus {
  readonly kind: 'watch'
  readonly upstream: string
  readonly phase: 'polling' | 'dispatching'
  /** Null before first contact. */
  readonly known: WatchKnowledge | null
  /** What lines wait with, and why, at this moment. */
  readonly waiting: readonly WaitingRelease[]
  readonly pollSeconds: number
  readonly forks: readonly string[]
}

/** A person's word that a tag may be what it is now. */
export interface AcceptTagInput {
  readonly tag: string
  /** What the tag names now, so that nobody accepts what they have not seen; null for a tag that is gone. */
  readonly tagObject: string | null
  readonly by?: string
}

/** What comes with `hold`. Every field may be left out: a bare signal holds the whole upstream until it is released. */
export interface HoldInput {
  readonly fork?: string | null
  /** Needs a fork. */
  readonly line?: string | null
  readonly by?: string
  /** ISO 8601: `2026-12-01`, or a time of day with its zone. */
  readonly until?: string | null
  readonly reason?: string
}

/** What comes with `release`: the target of a hold. */
export type ReleaseInput = Pick<HoldInput, 'fork' | 'line' | 'by'>

/** What a line is to stand on. */
export interface SetLineInput {
  readonly fork: string
  readonly line: string
  readonly tag: string
  readonly by?: string
  readonly reason?: string
}

/** What the feed says against the release of an attempt now; null where it has taken that back. */
export interface FeedWordInput {
  readonly tag: string
  readonly objection: FeedObjection | null
}

/** The answer of `status` on an attempt, and the result of its workflow. */
export interface AttemptStatus {
  readonly kind: 'attempt'
  readonly id: string
  readonly upstream: string
  readonly fork: string
  readonly line: string
  readonly tag: string
  readonly phase: Phase
  readonly outcome: Outcome | null
  readonly needs: Need | null
  /** One sentence: why it stands where it stands. */
  readonly reason: string
  /** Keys of the config that changed since the attempt took its settings; `retry` and `resume` take them. */
  readonly changedSettings?: readonly string[]
  /** What failed, and when it is tried again, while a step rests; absent or null while none does. */
  readonly resting?: { readonly message: string; readonly nextAt: string } | null
  readonly startedAt: string
  readonly updatedAt: string
  readonly release: PinnedRelease | null
  /** What the feed says against the release since the attempt began; absent or null where it says nothing. */
  readonly objection?: FeedObjection | null
  /** Whose signature the release's tag carries, where the config asks for one. */
  readonly signer?: string
  readonly base: Oid | null
  readonly onto: Oid | null
  /** The maintained branch's commit that the attempt works from. */
  readonly stackHead: Oid | null
  /** The newest release that the maintained branch stands on; absent or null where its history holds none. */
  readonly standsOn?: string | null
  /** The replayed stack; null until there is one. */
  readonly head: Oid | null
  readonly patches: readonly PatchReport[]
  /** Upstream's own commits of the branch that the release lacks; absent or null where there are none. */
  readonly leftOut?: LeftOut | null
  /** Patches that a person left out. */
  readonly dropped: readonly Oid[]
  readonly checks: readonly Check[]
  readonly conflict: AttemptConflict | null
  readonly intervention: Intervention | null
  readonly candidates: readonly Candidate[]
  /** The worker that holds the mirror; null until a step ran. */
  readonly worker: WorkerPlace | null
  /** Who decided what, oldest first; at most 50. */
  readonly decisions: readonly MadeDecision[]
  readonly settings: AttemptSettings
}

export interface MadeDecision {
  readonly name: DecisionName
  readonly by: string
  readonly at: string
  /** The id of the key that signed it; null where nobody did. */
  readonly signedBy: string | null
  /** The patches that were dropped by it. */
  readonly drop?: readonly Oid[]
  /** The patches that were kept although upstream may have them. */
  readonly keep?: readonly Oid[]
  /** The tag object that was taken although it raised an integrity alarm. */
  readonly letGo?: LetGo
}

/** A tag object that a person takes as the release. */
export interface LetGo extends AcceptedTag {
  /** What was seen first, where the tag moved. */
  readonly before: Oid | null
}

export interface AttemptConflict {
  readonly patch: { readonly oid: Oid; readonly subject: string }
  readonly lastGood: Oid
  readonly paths: readonly ConflictPath[]
}

export type WorkflowStatus = WatchStatus | AttemptStatus

/** Updates answer with a sentence; a refused one leaves no history. */
export const resumeUpdate = defineUpdate<string, [DecisionInput, Proof]>('resume')
export const retryUpdate = defineUpdate<string, [DecisionInput, Proof]>('retry')
export const skipUpdate = defineUpdate<string, [DecisionInput, Proof]>('skip')
export const abortUpdate = defineUpdate<string, [DecisionInput, Proof]>('abort')
export const approveUpdate = defineUpdate<string, [DecisionInput, Proof]>('approve')

/** The same as signals, for whoever has only `temporal workflow signal` or the Web UI; the input may be missing. */
export const resumeSignal = defineSignal<[DecisionInput?, Proof?]>('resume')
export const retrySignal = defineSignal<[DecisionInput?, Proof?]>('retry')
export const skipSignal = defineSignal<[DecisionInput?, Proof?]>('skip')
export const abortSignal = defineSignal<[DecisionInput?, Proof?]>('abort')
export const approveSignal = defineSignal<[DecisionInput?, Proof?]>('approve')

/** Sent with the start; a release that was seen again changes nothing. */
export const releaseSeenSignal = defineSignal<[{ readonly tag: string }]>('releaseSeen')
export const supersedeSignal = defineSignal<[SupersedeInput, Proof?]>('supersede')
/** The watch found that the release's tag moved or is gone: the attempt looks for itself, and asks. */
export const tagMovedSignal = defineSignal<[{ readonly tag: string }, Proof?]>('tagMoved')
/** The watch found that the feed withdraws the release, or has taken that back. */
export const feedWordSignal = defineSignal<[FeedWordInput, Proof?]>('feedWord')
/** An attempt that someone began by hand tells the watch what its line stands on. */
export const ranByHandSignal =
  defineSignal<[Pick<SetLineInput, 'fork' | 'line' | 'tag'>, Proof?]>('ranByHand')
export const setLineUpdate = defineUpdate<string, [SetLineInput, Proof]>('setLine')
export const setLineSignal = defineSignal<[SetLineInput?, Proof?]>('setLine')
/** The watch offers the settings of a config that was applied meanwhile. */
export const settingsSignal = defineSignal<[AttemptSettings, Proof?]>('settings')
export const pollNowSignal = defineSignal('pollNow')
export const holdUpdate = defineUpdate<string, [HoldInput, Proof]>('hold')
export const holdSignal = defineSignal<[HoldInput?, Proof?]>('hold')
export const releaseUpdate = defineUpdate<string, [ReleaseInput, Proof]>('release')
export const releaseSignal = defineSignal<[ReleaseInput?, Proof?]>('release')
export const acceptTagUpdate = defineUpdate<string, [AcceptTagInput, Proof]>('acceptTag')
export const acceptTagSignal = defineSignal<[AcceptTagInput?, Proof?]>('acceptTag')
export const configureSignal = defineSignal<[ConfigureInput, Proof?]>('configure')

export const statusQuery = defineQuery<WorkflowStatus>('status')
/** Of an attempt: the resolutions that its replay works with, so that any machine comes to the same conflict. */
export const resolutionsQuery = defineQuery<readonly CarriedResolution[]>('resolutions')

/** Names of the search attributes; all Keyword but the last, which is a Datetime. */
export const searchAttributeNames = {
  upstream: 'UndriftUpstream',
  fork: 'UndriftFork',
  release: 'UndriftRelease',
  phase: 'UndriftPhase',
  outcome: 'UndriftOutcome',
  needs: 'UndriftNeeds',
  question: 'UndriftQuestion',
  updatedAt: 'UndriftUpdatedAt',
} as const

/** Workflow types, by the names that the Web UI shows. */
export const workflowTypes = {
  watch: 'watchUpstream',
  maintain: 'maintainRelease',
  promote: 'promoteCandidate',
} as const

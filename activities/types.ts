import type { Candidate, Check } from '../domain/attempt.ts'
import type { PendingFiles } from '../domain/generated.ts'
import type { Weight } from '../domain/limits.ts'
import type { PackedKnowledge } from '../domain/lines/packed-knowledge.ts'
import type { ConflictPath, LeftOut, Oid, PatchReport } from '../domain/patch.ts'
import type { PollMemory } from '../domain/poll-memory.ts'
import type { Regenerated } from '../domain/regenerated.ts'
import type { AcceptedTag, PinnedRelease } from '../domain/release.ts'
import type { AttemptSettings, UpstreamSettings } from '../domain/settings.ts'
import type { RecordEventInput, RecordInput, RecordResult } from './record-types.ts'
import type {
  FeedWordsInput,
  KeepWatchInput,
  LookUpTagInput,
  LookUpTagResult,
  MovedTagsInput,
  OfferSettingsInput,
  PollInput,
  PollResult,
  RanByHandInput,
  RecallWatchInput,
  ShowMovesInput,
  ShowMovesResult,
  StartMaintenanceInput,
} from './watch-types.ts'

/** A settled conflict in a message: its commit and a base64 pack. */
export interface CarriedResolution {
  readonly oid: Oid
  readonly pack: string
}

export interface WorkerPlace {
  readonly host: string
  readonly data: string | null
  readonly address: string | null
}

export interface SupersedeOlderInput {
  readonly fork: string
  readonly line: string
  readonly tag: string
  readonly tags: UpstreamSettings['tags']
  /** The upstream repository. */
  readonly git: UpstreamSettings['git']
  /** The attempt that takes over. */
  readonly attempt: string
}

/** What every step of an attempt is told. */
export interface StepInput {
  readonly attempt: string
  readonly tag: string
  readonly settings: AttemptSettings
  /** What a person let go in this attempt; absent where there is nothing. */
  readonly accepted?: readonly AcceptedTag[]
  /** Limits that a person lifted for this attempt; absent where there are none. */
  readonly lifted?: readonly Weight[]
}

export interface FetchInput extends StepInput {
  /** What this attempt fetched before, so that no other machine takes a tag that moved meanwhile. */
  readonly seen?: PinnedRelease | null
}

export type FetchResult =
  | {
      readonly kind: 'ready'
      readonly release: PinnedRelease
      /** The maintained branch's commit. */
      readonly stackHead: Oid
      /** Whether the maintained branch already holds the release. */
      readonly contained: boolean
      /** The newest release that the maintained branch stands on; absent where its history holds none. */
      readonly standsOn?: string
      readonly worker: WorkerPlace
      /** Whose signature the tag carries; absent where none is asked for, or a person did without. */
      readonly signer?: string
    }
  | { readonly kind: 'blocked'; readonly reason: string; readonly worker: WorkerPlace }
  | { readonly kind: 'skipped'; readonly reason: string; readonly worker: WorkerPlace }
  | (MovedTagResult & { readonly worker: WorkerPlace })
  | {
      readonly kind: 'tag-signature'
      readonly tagObject: Oid
      /** Why it does not count, as a sentence. */
      readonly reason: string
      readonly evidence: readonly string[]
      readonly worker: WorkerPlace
    }
  | {
      readonly kind: 'signature-tool-missing'
      /** What is missing, and what to install. */
      readonly message: string
      readonly worker: WorkerPlace
    }

/** The tag is not what was seen first. */
export interface MovedTagResult {
  readonly kind: 'tag-moved'
  readonly before: Oid
  /** Null when upstream deleted it. */
  readonly after: Oid | null
  readonly evidence: readonly string[]
}

/** What makes a replay the same on every machine. */
export interface StackInput extends StepInput {
  readonly stackHead: Oid
  readonly onto: Oid
  readonly resolutions: readonly CarriedResolution[]
  /** Patches that a person dropped; absent where there are none. */
  readonly dropped?: readonly Oid[]
  /** Generated files that were made again; absent where there are none. */
  readonly made?: MadeInput
}

/** Generated files that were made again, as far as another machine needs them to come to the same commits. */
export interface MadeInput {
  /** The result of the replay, with upstream's files in it. */
  readonly from: Oid
  /** The same with the made files folded in. */
  readonly head: Oid
  /** The tree of `head`. */
  readonly tree: Oid
  readonly pending: readonly PendingFiles[]
  /** What the tree has that the replay has not, as a base64 pack; null where it is too much for a message. */
  readonly pack: string | null
}

export interface RebaseInput extends StackInput {
  /** After `resume`: a conflict's work tree that a person has settled is taken as it lies there. */
  readonly takeWorkTree: boolean
  /** Who resumed, for the record of what is taken. */
  readonly by?: string
}

/** A merge without a conflict whose result lacks lines that one side had changed. */
export interface SuspectMerge {
  readonly oid: Oid
  readonly path: string
  /** At most 20 of the lines. */
  readonly lost: readonly string[]
  /** What is wrong with the lines: missing, back although one side removed them, twice, or left out with a commit. */
  readonly kind: 'lost' | 'back' | 'twice' | 'left-out'
}

/** A patch that upstream may have taken with changes. */
export interface LikelyLanding {
  readonly subject: string
  /** The patch and what is folded into it: what a person drops who finds that upstream has it. */
  readonly commits: readonly Oid[]
  /** The upstream commits that look like it. */
  readonly as: readonly { readonly oid: Oid; readonly subject: string }[]
}

/** What a replay came upon, done or not; a field is absent where there is none. */
interface NoticedInReplay {
  readonly likelyLandings?: readonly LikelyLanding[]
  /** What persons dropped, now or in an earlier attempt of the line. */
  readonly dropped?: readonly Oid[]
  /** Remembered resolutions that were used, so that any worker comes to the same. */
  readonly resolutions?: readonly CarriedResolution[]
}

export type RebaseResult = NoticedInReplay &
  (
    | {
        readonly kind: 'done'
        readonly base: Oid
        readonly head: Oid
        readonly tree: Oid
        readonly patches: readonly PatchReport[]
        /** Upstream's own commits of the branch that were left out; absent where there are none. */
        readonly leftOut?: LeftOut
        /** Merges that may have lost lines in silence; absent where there are none. */
        readonly suspects?: readonly SuspectMerge[]
        /** Generated files that are to be made again before anything is verified; absent where there are none. */
        readonly pending?: readonly PendingFiles[]
      }
    | {
        readonly kind: 'conflict'
        readonly base: Oid
        readonly patch: { readonly oid: Oid; readonly subject: string }
        readonly lastGood: Oid
        readonly paths: readonly ConflictPath[]
        readonly patches: readonly PatchReport[]
        /** What a work tree that was to be taken still lacks. */
        readonly unsettled: readonly string[]
        /** The upstream commit at which the patch stops applying; null or absent where it was not found. */
        readonly causedBy?: { readonly oid: Oid; readonly subject: string } | null
        /** How many patches behind it conflict, too, as far as that can be told before. */
        readonly behind?: number
        /** How git died in the merge. */
        readonly fault?: string
      }
  )

export interface VerifyInput extends StackInput {
  /** The commit to verify. */
  readonly head: Oid
}

export type VerifyResult =
  | { readonly kind: 'passed'; readonly tree: Oid; readonly checks: readonly Check[] }
  | { readonly kind: 'red'; readonly tree: Oid; readonly checks: readonly Check[] }
  | { readonly kind: 'sandbox-missing'; readonly message: string }

export interface RegenerateInput extends VerifyInput {
  readonly pending: readonly PendingFiles[]
}

export type RegenerateResult =
  | { readonly kind: 'made'; readonly made: MadeInput; readonly regenerated: Regenerated }
  /** A command failed: the last of the checks. */
  | { readonly kind: 'red'; readonly checks: readonly Check[] }
  /** The commands left something that cannot be taken; one sentence. */
  | { readonly kind: 'refused'; readonly why: string; readonly checks: readonly Check[] }
  | { readonly kind: 'sandbox-missing'; readonly message: string }

export interface PushInput extends StackInput {
  readonly head: Oid
  /** The tree that passed: the pushed commit must carry it. */
  readonly tree: Oid
  /** The tag as the attempt works from it: it must be that still. */
  readonly release?: PinnedRelease | null
}

export type PushResult =
  | MovedTagResult
  | { readonly kind: 'pushed'; readonly candidates: readonly Candidate[] }
  | { readonly kind: 'branch-moved'; readonly actual: Oid | null }
  | {
      readonly kind: 'candidate-moved'
      readonly remote: string
      readonly ref: string
      readonly actual: Oid | null
      readonly candidates: readonly Candidate[]
    }
  | {
      readonly kind: 'refused'
      readonly remote: string
      readonly words: string
      readonly candidates: readonly Candidate[]
    }

export interface MoveBranchInput {
  readonly settings: AttemptSettings
  readonly attempt: string
  readonly tag: string
  readonly to: Oid
  readonly expected: Oid
}

export type MoveBranchResult =
  | {
      readonly kind: 'moved'
      readonly backups: readonly { readonly remote: string; readonly ref: string }[]
    }
  | { readonly kind: 'refused'; readonly reason: string }

export interface ControlActivities {
  pollFeed(input: PollInput): Promise<PollResult>
  /** What the pending poll of the calling watch came to so far; null when there is none. */
  readPollMemory(): Promise<PollMemory | null>
  startMaintenance(input: StartMaintenanceInput): Promise<'started' | 'running' | 'done'>
  supersedeOlder(input: SupersedeOlderInput): Promise<readonly string[]>
  /** Tells the running attempts of these releases that their tags moved; returns whom it told. */
  tellMovedTags(input: MovedTagsInput): Promise<readonly string[]>
  /** Tells them what the feed says against their release now. */
  tellFeedWords(input: FeedWordsInput): Promise<readonly string[]>
  /** Offers the settings of a config that was applied to the running attempts; returns whom it told. */
  offerSettings(input: OfferSettingsInput): Promise<readonly string[]>
  /** Tells the watch of an upstream that someone runs a release by hand. */
  tellRanByHand(input: RanByHandInput): Promise<void>
  /** Whether upstream has a tag, and the rules of a line take it. */
  lookUpTag(input: LookUpTagInput): Promise<LookUpTagResult>
}

export interface GitActivities {
  fetchRelease(input: FetchInput): Promise<FetchResult>
  rebaseStack(input: RebaseInput): Promise<RebaseResult>
  pushCandidate(input: PushInput): Promise<PushResult>
  moveBranch(input: MoveBranchInput): Promise<MoveBranchResult>
  recordAttempt(input: RecordInput): Promise<RecordResult>
  /** Writes what a person did to a line into its ledger. */
  recordEvent(input: RecordEventInput): Promise<void>
  /** What a person must see of tags that a watch found moved. */
  showMovedTags(input: ShowMovesInput): Promise<ShowMovesResult>
  /** Keeps what a watch knows in Git, so that it outlives the database. */
  keepWatch(input: KeepWatchInput): Promise<void>
  /** What was kept of a watch that begins anew; null at first contact. */
  recallWatch(input: RecallWatchInput): Promise<PackedKnowledge | null>
}

export interface VerifyActivities {
  regenerate(input: RegenerateInput): Promise<RegenerateResult>
  verifyCandidate(input: VerifyInput): Promise<VerifyResult>
}

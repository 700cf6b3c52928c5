import type { GeneratedRule, PendingFiles } from '../domain/generated.ts'
import type { Limits } from '../domain/limits.ts'
import type { ConflictPath, Oid, PatchReport } from '../domain/patch.ts'
import type { Remote } from '../domain/settings.ts'
import type { ObjectFormat } from './objects/objects.ts'
import type { StackPolicy } from './stack/policy.ts'
import type { Ownership, UpstreamCommit } from './stack/upstream-own.ts'

/** A remote with its secret looked up. Invariant: the secret reaches git by its environment only, never by argv or URL. */
export interface RemoteAccess {
  readonly remote: Remote
  /** A token for HTTPS; null where none is needed or SSH does it. */
  readonly secret: string | null
  /**
   * The addresses of an https remote's host, where somebody else than the operator may choose them: git connects to no
   * other. Left out, git looks the host up itself.
   */
  readonly addresses?: readonly string[]
}

export interface MirrorOptions {
  /** The bare repository's folder; made when it is missing. */
  readonly path: string
  /** The object format of one that is made; SHA-1, until upstream has been asked, when left out. */
  readonly format?: ObjectFormat
  /** Ends every git process of this mirror, with its whole process group. */
  readonly signal?: AbortSignal
  /** How much may come in; the defaults when left out. */
  readonly limits?: Limits
  /** Is told what this mirror's work waits for, once that lasts a minute. */
  readonly waits?: (what: string) => void
}

/** One bare repository, shared by an upstream and its forks. */
export interface Mirror {
  readonly path: string
  readonly signal: AbortSignal | null
  readonly limits?: Limits
  readonly waits?: (what: string) => void
}

export interface RemoteRef {
  readonly ref: string
  /** What the ref points at: for an annotated tag, the tag object. */
  readonly oid: Oid
  /** The commit (or other object) behind an annotated tag; equals `oid` otherwise. */
  readonly peeled: Oid
}

/** One commit of the stack as it was read. */
export interface Patch {
  readonly oid: Oid
  readonly tree: Oid
  readonly parent: Oid
  readonly subject: string
  readonly authorName: string
  readonly authorEmail: string
}

/** The ordered patches between the base and the head. */
export interface Stack {
  readonly base: Oid
  readonly head: Oid
  /** In order. A merge commit is among them only for what no other commit holds. */
  readonly patches: readonly Patch[]
  /** The upstream commit that the fork stood on before it merged upstream into itself; `base` when left out. */
  readonly oldest?: Oid
  /** The fork's merges that hold nothing of their own. */
  readonly merges?: readonly Oid[]
  /** Which commits of the branch are upstream's own though the target lacks them; none when left out. */
  readonly ownership?: Ownership
}

export interface ReplayInput {
  readonly stack: Stack
  readonly onto: Oid
  readonly committer: { readonly name: string; readonly email: string }
  /** Resolutions with this attempt's name give the verdict `resolved`; others `reused`. */
  readonly attempt: string | null
  /** What is left out, and how markers are read; carries everything when left out. */
  readonly policy?: StackPolicy
  /** How generated files are settled; none are known when left out. */
  readonly generated?: readonly GeneratedRule[]
}

export interface ReplayOptions {
  /** Called after each patch. */
  readonly onPatch?: (done: number, total: number) => void
  /** Whether a replay that stops looks on for patches that conflict behind the first, as if that one were settled. */
  readonly lookBehind?: 'yes' | 'no'
}

/** The three sides of a conflicted path; null where a side has no such file. */
export interface ConflictStages {
  readonly base: { readonly mode: string; readonly oid: Oid } | null
  readonly ours: { readonly mode: string; readonly oid: Oid } | null
  readonly theirs: { readonly mode: string; readonly oid: Oid } | null
}

/**
 * Lines of a result that no tree accounts for: a person should look at them. `lost`: one side's change is not there;
 * `back`: a line that one side removed is there again; `twice`: what stood once on both sides stands twice;
 * `left-out`: a commit of the fork is upstream's, too, and the target lacks it.
 */
export interface Suspect {
  /** The patch, or the commit, that the lines come from. */
  readonly oid: Oid
  readonly path: string
  readonly lost: readonly string[]
  readonly kind: 'lost' | 'back' | 'twice' | 'left-out'
}

/** A patch that looks as if upstream took it with changes: never a proof, only a person can say. */
export interface LikelyLanding {
  readonly oid: Oid
  readonly subject: string
  /** What was folded into it and goes with it. */
  readonly folded: readonly Oid[]
  /** The upstream commits that look like it. */
  readonly as: readonly { readonly oid: Oid; readonly subject: string }[]
}

export interface ReplayConflict {
  readonly patch: Patch
  /** The upstream commit at which the patch stops applying; null when no single one is to blame. */
  readonly causedBy?: Oid | null
  /** How git died in the merge; left out where it did not. */
  readonly fault?: string
  /**
   * The change as two trees, where folding or linearising left others than the commit's own; a conflict is made again
   * from them, so they must be in the mirror.
   */
  readonly change?: { readonly before: Oid; readonly after: Oid }
  /** The target, whose attributes say how files are merged; left out where none do. */
  readonly onto?: Oid
  /** The commit up to which the replay went well. */
  readonly lastGood: Oid
  readonly paths: readonly (ConflictPath & ConflictStages)[]
  /** How many patches behind it conflict, too, as far as that can be told before; left out where nobody looked. */
  readonly behind?: number
}

export type Replay =
  | {
      readonly kind: 'done'
      readonly head: Oid
      readonly tree: Oid
      readonly reports: readonly PatchReport[]
      /** Lines that merges without a conflict lost all the same; a person should look before anything goes out. */
      readonly suspects?: readonly Suspect[]
      /** Patches that upstream may have taken with changes; a person confirms that they go, or that they stay. */
      readonly likelyLandings: readonly LikelyLanding[]
      /** Upstream's own commits of the branch that the target lacks: they are left out; none when this is. */
      readonly upstreams?: readonly UpstreamCommit[]
      /** Git's range-diff between the stack and its replayed self, for a reviewer; cut where it is very long. */
      readonly rangeDiff: string
      /** Generated files for which upstream's stand in: a command must make them again before anything goes out. */
      readonly pending?: readonly PendingFiles[]
    }
  | {
      readonly kind: 'conflict'
      readonly at: ReplayConflict
      readonly reports: readonly PatchReport[]
      readonly likelyLandings: readonly LikelyLanding[]
    }

/** A settled conflict that can travel in a message: its commit and a base64 pack that holds all it needs. */
export interface ResolutionPack {
  readonly oid: Oid
  readonly pack: string
}

export interface RefUpdate {
  /** Full ref name. */
  readonly ref: string
  /** Null removes the ref. */
  readonly to: Oid | null
  /** The value that the ref must have now; null when it must not exist. */
  readonly expected: Oid | null
}

export interface PushUpdate {
  /** Full ref name on the remote. */
  readonly ref: string
  readonly to: Oid
  /** The value that the remote's ref must have; null when it must not exist. */
  readonly expected: Oid | null
}

/** What a push of all updates to one remote came to. Nothing moved unless it is `pushed`. */
export type PushOutcome =
  | { readonly kind: 'pushed' }
  | { readonly kind: 'already-there' }
  /** A ref is not where the caller expected it. */
  | { readonly kind: 'stale'; readonly ref: string; readonly actual: Oid | null }
  /** The remote's hook or protection said no; `words` are the remote's own, redacted. Never retried. */
  | { readonly kind: 'rejected'; readonly ref: string; readonly words: string }

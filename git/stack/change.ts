import type { GeneratedRule } from '../../domain/generated.ts'
import type { DropCause, Oid } from '../../domain/patch.ts'
import type { CommitObject } from '../objects/commit-object.ts'
import type { PathChange } from '../objects/tree-reader.ts'
import type { Patch } from '../types.ts'

/** Why a patch is left out before anything is merged. */
export interface Drop {
  readonly cause: DropCause
  readonly reason: string
}

/** A file that a rule of generated files settles. */
export interface GeneratedFile extends PathChange {
  readonly rule: GeneratedRule
}

/** One patch as two trees, which need not be those of its commit: merges are linearised, fixups folded. */
export interface Change {
  readonly patch: Patch
  readonly before: Oid
  readonly after: Oid
  /** Author, encoding and message of the commit to be; what it lists as lost is reported. */
  readonly source: CommitObject
  /** The commits that were folded into it, in the stack's order. */
  readonly folded: readonly Oid[]
  /** The commit's own trees, where linearising or folding left others in `before` and `after`. */
  readonly own: { readonly before: Oid; readonly after: Oid }
  /** Why nothing is left of a patch that was not empty from the start; null for every other. */
  readonly hollow: string | null
  /** The upstream commit whose content the commit had taken in, where that was taken out of it. */
  readonly tookIn: Oid | null
  /** Something a person should know beside the verdict's own reason. */
  readonly note: string | null
  readonly drop: Drop | null
  /** Generated files that the patch changes; they are not part of `after`. */
  readonly generated: readonly GeneratedFile[]
}

/** Whether the change was empty from the start, which is a reason to keep it. */
export function isEmptyChange(change: Change): boolean {
  return change.before === change.after && change.hollow === null && change.generated.length === 0
}

/** The two trees that show what the patch is about, even where nothing of it is left. */
export function shapeOf(change: Change): { readonly before: Oid; readonly after: Oid } {
  return change.hollow === null ? change : change.own
}

/** A full hexadecimal Git object id. */
export type Oid = string

/** What became of one patch in a replay. */
export const verdicts = [
  'unchanged',
  'context-only',
  'merged',
  'reused',
  'regenerated',
  'resolved',
  'landed',
  'emptied',
  'dropped',
  'conflict',
] as const
export type Verdict = (typeof verdicts)[number]

export const conflictKinds = [
  'content',
  'modify/delete',
  'add/add',
  'rename/rename',
  'rename/delete',
  'rename/add',
  'directory/file',
  'mode',
  'submodule',
  'binary',
  'other',
] as const
export type ConflictKind = (typeof conflictKinds)[number]

/** One path that no automatic means could settle. Bytes that are not UTF-8 appear as `%XX`. */
export interface ConflictPath {
  readonly path: string
  readonly kind: ConflictKind
}

/** How upstream has a patch that is `landed`. */
export const landedCauses = ['exact', 'squashed', 'contained'] as const
export type LandedCause = (typeof landedCauses)[number]

/** What leaves a patch out that is `dropped`. */
export const dropCauses = ['marker', 'policy', 'excluded', 'upstream-pr', 'person'] as const
export type DropCause = (typeof dropCauses)[number]

/** What became of one patch, small enough for a message. The order of a list of these is the stack's. */
export interface PatchReport {
  readonly oid: Oid
  readonly subject: string
  /** Null for a patch behind a conflict. */
  readonly verdict: Verdict | null
  /** The commit that carries the patch now; null when nothing does. */
  readonly newOid: Oid | null
  /** One sentence: why this verdict. */
  readonly reason: string
  /** Of a `landed` or `dropped` patch. */
  readonly cause?: LandedCause | DropCause
  /** The resolution that settled it, where one did. */
  readonly resolution?: Oid
}

/** Upstream's own commits of a fork's branch that a release does not contain: they are no patches, and are left out. */
export interface LeftOut {
  readonly count: number
  readonly newest: { readonly oid: Oid; readonly subject: string }
}

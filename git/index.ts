export { type CheckOut, checkOut } from './checkout.ts'
export { type ConflictTaking, type TakenConflict, takeConflict, type UnsettledPath } from './conflict-take.ts'
export { type ConflictInHands, openConflict } from './conflict-tree.ts'
export { type ForkFetch, fetchFork, fetchUpstream, forkRef, type UpstreamFetch } from './fetch.ts'
export { type JoinedLedger, joinLedgers } from './join-ledgers.ts'
export {
  type Line,
  ledgerRef,
  listLedgers,
  type RecordedAttempt,
  readLedger,
  recordAttempt,
} from './ledger.ts'
export type { LedgerEntry } from './ledger-entry.ts'
export { openMirror } from './mirror.ts'
export { type LockOptions, type LockPurpose, withMirrorLock } from './mirror-lock.ts'
export { followPatch, type PatchStep } from './patch-history.ts'
export { push } from './push.ts'
export { type PushedStep, type PushStep, pushAll } from './push-all.ts'
export { commitDate, commitOf, contains, hasObject, isOid, mergeBase, treeOf } from './queries.ts'
export { rangeDiff, type StackEnds } from './range-diff.ts'
export { isRefName } from './ref-name.ts'
export { listRefs, type RefsOutcome, readRef, updateRefs } from './refs.ts'
export { fetchRefs, listRemote } from './remote.ts'
export { type RemoteKind, remoteKind } from './remote-url.ts'
export { replay } from './replay.ts'
export { importResolution, packResolution } from './resolution-pack.ts'
export {
  findResolution,
  isRevoked,
  listResolutions,
  type Resolution,
  readResolution,
  revokeResolution,
} from './resolutions.ts'
export { readStack, type StackQuery } from './stack.ts'
export type * from './types.ts'
export { atLeast, gitVersion } from './version.ts'
export { removeTree } from './work-tree.ts'

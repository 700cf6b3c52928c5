export { checkOut } from './conflict/checkout.ts'
export {
  type ConflictTaking,
  type TakenConflict,
  takeConflict,
  type UnsettledPath,
} from './conflict/conflict-take.ts'
export { type ConflictInHands, openConflict, type PathInHands } from './conflict/conflict-tree.ts'
export { removeTree, removingEnding } from './conflict/remove-tree.ts'
export { type FoldedGenerated, foldGenerated } from './generated/fold-generated.ts'
export { importMadeTree, packMadeTree } from './generated/made-pack.ts'
export { noteWorkTree, takeGenerated } from './generated/take-generated.ts'
export { checkTagSignature, keyName } from './integrity/check-tag.ts'
export { readLastSigner, rememberSigner } from './integrity/last-signer.ts'
export { moveEvidence } from './integrity/move-evidence.ts'
export { baseOf, newerBase } from './integrity/newer-base.ts'
export { type SeenMove, showMove } from './integrity/show-move.ts'
export type { Signer } from './integrity/signature.ts'
export { type EarlierWords, earlierWords } from './ledger/earlier-words.ts'
export { type RecordedEvent, readEvents, recordEvent } from './ledger/event-log.ts'
export {
  type Line,
  ledgerRef,
  listLedgers,
  type RecordedAttempt,
  readLedger,
  recordAttempt,
  recordedRangeDiff,
} from './ledger/ledger.ts'
export type { LedgerEntry } from './ledger/ledger-entry.ts'
export type { LedgerEvent } from './ledger/ledger-event.ts'
export { followPatch, type PatchStep } from './ledger/patch-history.ts'
export { takePublished, takeReachable } from './ledger/take-published.ts'
export { keepWatchText, readWatchText, watchRef } from './ledger/watch-memory.ts'
export {
  type ForkFetch,
  fetchFork,
  fetchUpstream,
  forkNotesRef,
  forkRef,
  type UpstreamFetch,
} from './mirror/fetch.ts'
export { onSoundMirror } from './mirror/heal.ts'
export { openMirror } from './mirror/mirror.ts'
export { type LockOptions, type LockPurpose, withMirrorLock } from './mirror/mirror-lock.ts'
export { type TagMove, tagMoveSince } from './mirror/moved-refs.ts'
export { findMovedTags, type MovedTag, type TagPin } from './mirror/moved-tags.ts'
export { commitDate, commitOf, contains, hasObject, isOid, mergeBase, treeOf } from './mirror/queries.ts'
export { isRefName } from './mirror/ref-name.ts'
export { listRefs, type RefsOutcome, readRef, updateRefs } from './mirror/refs.ts'
export { fetchRefs, listRemote } from './mirror/remote.ts'
export { type RemoteKind, remoteKind } from './mirror/remote-url.ts'
export { addNotes, copyNotes, moveNotes, notesRef } from './notes/notes.ts'
export { commitSubject } from './objects/subject.ts'
export { atLeast, gitVersion } from './process/version.ts'
export { type DeletableRef, deleteRefs } from './push/delete-refs.ts'
export { wayPatterns, wordsInTheWay } from './push/in-the-way.ts'
export { push } from './push/push.ts'
export { type PushedStep, type PushStep, pushAll } from './push/push-all.ts'
export { rangeDiff, type StackEnds } from './replay/range-diff.ts'
export { replay } from './replay/replay.ts'
export { importCarried, importResolution, packResolution } from './resolutions/resolution-pack.ts'
export {
  findResolution,
  isRevoked,
  listResolutions,
  type Resolution,
  readResolution,
  revokeResolution,
} from './resolutions/resolutions.ts'
export { stackPolicy } from './stack/policy.ts'
export { readStack, type StackQuery } from './stack/stack.ts'
export type * from './types.ts'

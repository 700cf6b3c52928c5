import type { Oid, PatchReport } from '../domain/patch.ts'
import type { AttemptSettings } from '../domain/settings.ts'
import type { LedgerEntry, LedgerEvent } from '../git/index.ts'

/** An attempt that has ended, as far as its workflow knows it. */
export interface RecordInput extends Omit<LedgerEntry, 'fork' | 'line' | 'tree' | 'patches' | 'resolutions'> {
  readonly settings: AttemptSettings
  readonly patches: readonly PatchReport[]
}

export interface RecordEventInput {
  readonly settings: AttemptSettings
  readonly event: LedgerEvent
}

export interface RecordResult {
  /** The ledger's commit. */
  readonly entry: Oid
  /** Why a remote that is to hold the ledger does not hold this entry, a sentence each. */
  readonly unpublished: readonly string[]
}

import type { ShownMove } from '../domain/lines/alarm-evidence.ts'
import type { LineStart } from '../domain/lines/choose-for-lines.ts'
import type { LineRules } from '../domain/lines/line-rules.ts'
import type { PackedKnowledge } from '../domain/lines/packed-knowledge.ts'
import type { PollMemory } from '../domain/poll-memory.ts'
import type { AttemptSettings, UpstreamSettings } from '../domain/settings.ts'
import type { MovedTag } from '../domain/watch.ts'

export interface PollInput {
  readonly upstream: UpstreamSettings
  /** The rules of every line that follows it. */
  readonly lines: readonly LineRules[]
  /** Null at first contact. */
  readonly known: PackedKnowledge | null
  /** Whether the tags are compared with what was seen first, however long ago that was done. */
  readonly look?: boolean
  /** What the polls before came to, which a poll that begins anew cannot read in its own heartbeat. */
  readonly memory?: PollMemory
}

/** What a poll found. A poll that found nothing does not return: it fails with `NoNewRelease` and is retried. */
export interface PollResult {
  readonly known: PackedKnowledge
  readonly starts: readonly LineStart[]
  /** What the polls came to, for the next one. */
  readonly memory: PollMemory
}

export interface StartMaintenanceInput {
  readonly settings: AttemptSettings
  readonly release: { readonly tag: string; readonly publishedAt: string | null; readonly url: string | null }
}

export interface MovedTagsInput {
  readonly upstream: string
  readonly tags: readonly string[]
}

export interface ShowMovesInput {
  readonly upstream: UpstreamSettings
  readonly alarms: readonly MovedTag[]
}

export type ShowMovesResult = readonly ShownMove[]

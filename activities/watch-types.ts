import type { ShownMove } from '../domain/lines/alarm-evidence.ts'
import type { LineStart } from '../domain/lines/choose-for-lines.ts'
import type { LineRules } from '../domain/lines/line-rules.ts'
import type { PackedKnowledge } from '../domain/lines/packed-knowledge.ts'
import type { PollMemory } from '../domain/poll-memory.ts'
import type { AttemptSettings, ForkSettings, TagRules, UpstreamSettings } from '../domain/settings.ts'
import type { FeedObjection, MovedTag } from '../domain/watch.ts'

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
  /** The tag had been deleted and returned: an attempt that ended well was of another release. */
  readonly returned?: true
}

export interface FeedWordsInput {
  readonly upstream: string
  /** What the feed says against releases now; null where it has taken that back. */
  readonly words: readonly { readonly tag: string; readonly objection: FeedObjection | null }[]
}

export interface RanByHandInput {
  readonly upstream: string
  readonly fork: string
  readonly line: string
  readonly tag: string
  readonly tags: TagRules
}

export interface OfferSettingsInput {
  readonly upstream: UpstreamSettings
  readonly forks: readonly ForkSettings[]
}

export interface LookUpTagInput {
  readonly upstream: UpstreamSettings
  readonly tags: TagRules
  readonly tag: string
}

/** Whether a line may stand on a tag. */
export type LookUpTagResult = { readonly kind: 'ok' } | { readonly kind: 'refused'; readonly why: string }

export interface MovedTagsInput {
  readonly upstream: string
  readonly tags: readonly string[]
}

export interface ShowMovesInput {
  readonly upstream: UpstreamSettings
  readonly alarms: readonly MovedTag[]
}

export type ShowMovesResult = readonly ShownMove[]

export interface KeepWatchInput {
  readonly upstream: UpstreamSettings
  readonly known: PackedKnowledge
}

export interface RecallWatchInput {
  readonly upstream: UpstreamSettings
  readonly forks: readonly ForkSettings[]
}

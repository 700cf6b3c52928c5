import { defineSearchAttributeKey, SearchAttributeType } from '@temporalio/common'
import { searchAttributeNames } from '../workflows/messages.ts'

/** The typed keys of Undrift's search attributes. */
export const searchKeys = {
  upstream: defineSearchAttributeKey(searchAttributeNames.upstream, SearchAttributeType.KEYWORD),
  fork: defineSearchAttributeKey(searchAttributeNames.fork, SearchAttributeType.KEYWORD),
  release: defineSearchAttributeKey(searchAttributeNames.release, SearchAttributeType.KEYWORD),
  phase: defineSearchAttributeKey(searchAttributeNames.phase, SearchAttributeType.KEYWORD),
  outcome: defineSearchAttributeKey(searchAttributeNames.outcome, SearchAttributeType.KEYWORD),
  needs: defineSearchAttributeKey(searchAttributeNames.needs, SearchAttributeType.KEYWORD),
  updatedAt: defineSearchAttributeKey(searchAttributeNames.updatedAt, SearchAttributeType.DATETIME),
} as const

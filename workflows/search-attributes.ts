import { defineSearchAttributeKey, SearchAttributeType } from '@temporalio/common'
import { upsertSearchAttributes } from '@temporalio/workflow'
import { searchAttributeNames } from './messages.ts'

const keys = {
  upstream: defineSearchAttributeKey(searchAttributeNames.upstream, SearchAttributeType.KEYWORD),
  fork: defineSearchAttributeKey(searchAttributeNames.fork, SearchAttributeType.KEYWORD),
  release: defineSearchAttributeKey(searchAttributeNames.release, SearchAttributeType.KEYWORD),
  phase: defineSearchAttributeKey(searchAttributeNames.phase, SearchAttributeType.KEYWORD),
  outcome: defineSearchAttributeKey(searchAttributeNames.outcome, SearchAttributeType.KEYWORD),
  needs: defineSearchAttributeKey(searchAttributeNames.needs, SearchAttributeType.KEYWORD),
  question: defineSearchAttributeKey(searchAttributeNames.question, SearchAttributeType.KEYWORD),
}
const updatedAt = defineSearchAttributeKey(searchAttributeNames.updatedAt, SearchAttributeType.DATETIME)

/** Shows the workflow's standing in lists; costs one history event, so it is called on phase changes only. */
export function showInLists(
  values: Readonly<Partial<Record<keyof typeof keys, string | null>>>,
  at: Date,
): void {
  upsertSearchAttributes([
    ...Object.entries(values).map(([name, value]) => ({
      key: keys[name as keyof typeof keys],
      value: value ?? null,
    })),
    { key: updatedAt, value: at },
  ])
}

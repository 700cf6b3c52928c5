import type { Connection } from '@temporalio/client'
import { msToTs } from '@temporalio/common/lib/time.js'
import proto from '@temporalio/proto'
import { searchAttributeNames } from '../workflows/messages.ts'

const { IndexedValueType } = proto.temporal.api.enums.v1
const retentionMs = 90 * 24 * 60 * 60 * 1000
const alreadyExists = 6

/** Sees to it that closed workflows are kept for 90 days: the dev server's own default is one. */
export async function raiseRetention(connection: Connection, namespace: string): Promise<void> {
  await connection.workflowService.updateNamespace({
    namespace,
    config: { workflowExecutionRetentionTtl: msToTs(retentionMs) },
  })
}

/** Registers the search attributes that are missing; what is there already stays. */
export async function registerSearchAttributes(connection: Connection, namespace: string): Promise<void> {
  const { customAttributes } = await connection.operatorService.listSearchAttributes({ namespace })
  const missing = Object.entries(wantedAttributes()).filter(([name]) => !(name in (customAttributes ?? {})))
  if (missing.length === 0) return
  try {
    await connection.operatorService.addSearchAttributes({
      namespace,
      searchAttributes: Object.fromEntries(missing),
    })
  } catch (error) {
    // Somebody else did it in the same moment.
    if (!(isCoded(error) && error.code === alreadyExists)) throw error
  }
}

function wantedAttributes(): Record<string, number> {
  return Object.fromEntries(
    Object.entries(searchAttributeNames).map(([key, name]) => [
      name,
      key === 'updatedAt'
        ? IndexedValueType.INDEXED_VALUE_TYPE_DATETIME
        : IndexedValueType.INDEXED_VALUE_TYPE_KEYWORD,
    ]),
  )
}

function isCoded(error: unknown): error is { readonly code: number } {
  return error instanceof Error && 'code' in error
}

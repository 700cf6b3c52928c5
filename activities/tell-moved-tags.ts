import { Context } from '@temporalio/activity'
import { defineSearchAttributeKey, SearchAttributeType, WorkflowNotFoundError } from '@temporalio/common'
import type { MovedTagsInput } from './watch-types.ts'

const release = defineSearchAttributeKey('UndriftRelease', SearchAttributeType.KEYWORD)

/** Tells the running attempts of these releases that their tags moved, so that they look before they go on; returns whom it told. */
export async function tellMovedTags({ upstream, tags }: MovedTagsInput): Promise<readonly string[]> {
  const { client } = Context.current()
  const told: string[] = []
  const running = client.workflow.list({
    query: `WorkflowType = 'maintainRelease' AND ExecutionStatus = 'Running' AND UndriftUpstream = '${upstream}'`,
  })
  for await (const { workflowId, typedSearchAttributes } of running) {
    const tag = typedSearchAttributes.get(release)
    if (tag === undefined || !tags.includes(tag)) continue
    try {
      await client.workflow.getHandle(workflowId).signal('tagMoved', { tag })
      told.push(workflowId)
    } catch (error) {
      if (!(error instanceof WorkflowNotFoundError)) throw error
    }
  }
  return told
}

import { Context } from '@temporalio/activity'
import { defineSearchAttributeKey, SearchAttributeType, WorkflowNotFoundError } from '@temporalio/common'

const release = defineSearchAttributeKey('UndriftRelease', SearchAttributeType.KEYWORD)

/** Signals the running attempts of an upstream, each with what is to be said of its release, if anything; returns whom it told. */
export async function signalAttempts(
  upstream: string,
  signalOf: (tag: string, id: string) => { readonly name: string; readonly input: object } | null,
): Promise<readonly string[]> {
  const { client } = Context.current()
  const told: string[] = []
  const running = client.workflow.list({
    query: `WorkflowType = 'maintainRelease' AND ExecutionStatus = 'Running' AND UndriftUpstream = '${upstream}'`,
  })
  for await (const { workflowId, typedSearchAttributes } of running) {
    const tag = typedSearchAttributes.get(release)
    const signal = tag === undefined ? null : signalOf(tag, workflowId)
    if (signal === null) continue
    try {
      await client.workflow.getHandle(workflowId).signal(signal.name, signal.input)
      told.push(workflowId)
    } catch (error) {
      if (!(error instanceof WorkflowNotFoundError)) throw error
    }
  }
  return told
}

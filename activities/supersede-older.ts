import { Context } from '@temporalio/activity'
import { defineSearchAttributeKey, SearchAttributeType, WorkflowNotFoundError } from '@temporalio/common'
import { maintainId } from '../domain/ids.ts'
import { readVersion } from '../domain/version/read-version.ts'
import { compareVersions } from '../domain/version/version.ts'
import type { SupersedeOlderInput } from './types.ts'

const release = defineSearchAttributeKey('UndriftRelease', SearchAttributeType.KEYWORD)

/** Tells every running attempt of an older release of the line that this one takes over; returns whom it told. */
export async function supersedeOlder(input: SupersedeOlderInput): Promise<readonly string[]> {
  const { client } = Context.current()
  const told: string[] = []
  const prefix = maintainId(input.fork, input.line, '')
  const running = client.workflow.list({
    query: `WorkflowType = 'maintainRelease' AND ExecutionStatus = 'Running' AND WorkflowId STARTS_WITH '${prefix}'`,
  })
  for await (const { workflowId, typedSearchAttributes } of running) {
    if (workflowId === input.attempt || !isOlder(typedSearchAttributes.get(release), input)) continue
    try {
      await client.workflow.getHandle(workflowId).signal('supersede', { tag: input.tag })
      told.push(workflowId)
    } catch (error) {
      if (!(error instanceof WorkflowNotFoundError)) throw error
    }
  }
  return told
}

/** A tag whose version cannot be read is left alone: nobody can say that it is older. */
function isOlder(otherTag: string | undefined, { tag, tags }: SupersedeOlderInput): boolean {
  if (otherTag === undefined) return false
  const rules = { ...tags, prereleases: true }
  const other = readVersion(otherTag, rules)
  const ours = readVersion(tag, rules)
  return (
    other.kind === 'version' && ours.kind === 'version' && compareVersions(other.version, ours.version) < 0
  )
}

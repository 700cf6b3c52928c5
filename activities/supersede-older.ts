import { Context } from '@temporalio/activity'
import { defineSearchAttributeKey, SearchAttributeType, WorkflowNotFoundError } from '@temporalio/common'
import { maintainId } from '../domain/ids.ts'
import { readVersion } from '../domain/version/read-version.ts'
import { compareVersions } from '../domain/version/version.ts'
import { tagPlaces } from '../git/mirror/tag-places.ts'
import type { ActivityDeps } from './deps.ts'
import { accessTo } from './secrets.ts'
import type { SupersedeOlderInput } from './types.ts'

const release = defineSearchAttributeKey('UndriftRelease', SearchAttributeType.KEYWORD)

/** Tells every running attempt of an older release of the line that this one takes over; returns whom it told. */
export async function supersedeOlder(
  input: SupersedeOlderInput,
  deps: Pick<ActivityDeps, 'env'>,
): Promise<readonly string[]> {
  const { client } = Context.current()
  const told: string[] = []
  const positionOf = await positionsFor(input, deps)
  const prefix = maintainId(input.fork, input.line, '')
  const running = client.workflow.list({
    query: `WorkflowType = 'maintainRelease' AND ExecutionStatus = 'Running' AND WorkflowId STARTS_WITH '${prefix}'`,
  })
  for await (const { workflowId, typedSearchAttributes } of running) {
    if (workflowId === input.attempt || !isOlder(typedSearchAttributes.get(release), input, positionOf))
      continue
    try {
      await client.workflow.getHandle(workflowId).signal('supersede', { tag: input.tag })
      told.push(workflowId)
    } catch (error) {
      if (!(error instanceof WorkflowNotFoundError)) throw error
    }
  }
  return told
}

/** Where tags stand by their commits, where the line orders them so. */
async function positionsFor(
  { tags, git }: SupersedeOlderInput,
  deps: Pick<ActivityDeps, 'env'>,
): Promise<(tag: string) => number | null> {
  if (tags.scheme !== 'commit') return () => null
  const { places } = await tagPlaces(accessTo(git, deps), Context.current().cancellationSignal)
  return (tag) => places.get(tag) ?? null
}

/** A tag whose version cannot be read is left alone: nobody can say that it is older. */
function isOlder(
  otherTag: string | undefined,
  { tag, tags }: SupersedeOlderInput,
  positionOf: (tag: string) => number | null,
): boolean {
  if (otherTag === undefined) return false
  const rules = { ...tags, prereleases: true }
  const other = readVersion(otherTag, rules, { positionOf })
  const ours = readVersion(tag, rules, { positionOf })
  return (
    other.kind === 'version' && ours.kind === 'version' && compareVersions(other.version, ours.version) < 0
  )
}

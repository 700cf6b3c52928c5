import { WorkflowNotFoundError } from '@temporalio/client'
import { watchId } from '../domain/ids.ts'
import { statusQuery, type WatchStatus, workflowTypes } from '../workflows/messages.ts'
import { callsAtOnce, inTurns } from './in-turns.ts'
import { isServerSilent } from './server-failure.ts'
import type { Session } from './session.ts'
import { answered, type ListedWatch, readBeat, toWatch } from './watch-row.ts'

/** Every watch that runs, by name. What only a worker can tell is left out when none answers. */
export async function listWatches(session: Session): Promise<readonly ListedWatch[]> {
  const names = await watchedNames(session)
  const watches = await lookAtWatches(session, names)
  return inTurns(watches, callsAtOnce, (watch) => withAnswer(session, watch))
}

/** The upstreams that are watched, from the server's list. */
export async function watchedNames(session: Session): Promise<readonly string[]> {
  const query = `WorkflowType = '${workflowTypes.watch}' AND ExecutionStatus = 'Running'`
  const names: string[] = []
  for await (const { workflowId } of session.client.workflow.list({ query })) {
    names.push(workflowId.slice(watchId('').length))
  }
  return names.sort((left, right) => left.localeCompare(right))
}

/** The watches of these upstreams that run, straight from the server, which is never behind as its list may be. */
export async function lookAtWatches(
  session: Session,
  names: readonly string[],
): Promise<readonly ListedWatch[]> {
  const watches = await inTurns(names, callsAtOnce, (name) => lookAtWatch(session, name))
  return watches.filter((watch) => watch !== null && watch.row.phase !== 'stopped') as ListedWatch[]
}

async function lookAtWatch(session: Session, name: string): Promise<ListedWatch | null> {
  try {
    const { client } = session
    const description = await client.workflow.getHandle(watchId(name)).describe()
    return toWatch(description, { now: Date.now(), beat: await readBeat(client, description) })
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return null
    throw error
  }
}

/** What a watch does not show of itself a worker must be asked for: the server's list and the memo have most of it. */
async function withAnswer(session: Session, watch: ListedWatch): Promise<ListedWatch> {
  const { row, standing } = watch
  if (row.lastRelease !== null && standing?.left === 'nothing') return watch
  const handle = session.client.workflow.getHandle(watchId(row.name))
  const answer = await session.client
    .withDeadline(Date.now() + 2000, () => handle.query<WatchStatus>(statusQuery.name))
    .catch((error: unknown) => {
      if (isServerSilent(error)) throw error
      return null
    })
  return answer == null ? watch : answered(watch, answer)
}

import { watchId } from '../../domain/ids.ts'
import type { ConsideredTag } from '../../domain/list-releases.ts'
import type { LineKey, WaitingRelease } from '../../domain/watch.ts'
import type { WatchStatus } from '../../workflows/messages.ts'
import type { Surroundings } from '../server.ts'

/** Where a release stands with the watch of its upstream. */
export interface ReleaseState {
  readonly state: 'sent' | 'waiting' | 'held' | 'alarm'
  /** Why it waits; null where it does not. */
  readonly detail: string | null
}

const answerSeconds = 3

/** What the watch of an upstream says; null where no server or no worker answers soon, or nothing is watched. */
export async function askWatch(from: Surroundings, upstream: string): Promise<WatchStatus | null> {
  // Only now: the Temporal client is most of the start of a process, and a list of releases needs no server.
  const [{ withSession }, { statusQuery }] = await Promise.all([
    import('../session.ts'),
    import('../../workflows/messages.ts'),
  ])
  try {
    return await withSession(from, ({ client }) =>
      client.withDeadline(Date.now() + answerSeconds * 1000, () =>
        client.workflow.getHandle(watchId(upstream)).query<WatchStatus>(statusQuery.name),
      ),
    )
  } catch {
    // Whatever keeps it from answering: the list of releases stands without it.
    return null
  }
}

/** Where a release stands for a line, or for any line where none is named; null where the watch has nothing to say of it. */
export function stateOf(
  { tag, status }: Pick<ConsideredTag, 'tag' | 'status'>,
  watch: WatchStatus,
  line: LineKey | null,
): ReleaseState | null {
  const alarm = watch.known?.alarms.find((each) => each.tag === tag)
  if (alarm !== undefined) {
    const { before, after } = alarm
    return { state: 'alarm', detail: `was ${before.tagObject}, is ${after?.tagObject ?? 'gone'}` }
  }
  const waiting = watch.waiting.filter((each) => each.tag === tag && (line === null || each.line === line))
  const [first] = waiting
  if (first !== undefined) {
    return { state: first.reason === 'hold' ? 'held' : 'waiting', detail: detailOf(first, waiting.length) }
  }
  const isSent = status !== 'skipped' && watch.known?.dispatched.includes(tag)
  return isSent ? { state: 'sent', detail: null } : null
}

function detailOf({ line, detail }: WaitingRelease, count: number): string {
  const more = count > 1 ? ` and ${count - 1} more` : ''
  return `${detail} (${line}${more})`
}

import { watchId } from '../../domain/ids.ts'
import type { WatchStatus } from '../../workflows/messages.ts'
import type { Surroundings } from '../server.ts'

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
        client.workflow.getHandle(watchId(upstream)).query<WatchStatus | null>(statusQuery.name),
      ),
    )
  } catch {
    // Whatever keeps it from answering: the list of releases stands without it.
    return null
  }
}

import { Context } from '@temporalio/activity'
import { WorkflowNotFoundError } from '@temporalio/common'
import { watchId } from '../domain/ids.ts'
import type { WatchStanding } from '../domain/lines/standing.ts'
import type { PinnedRelease } from '../domain/release.ts'
import { openAnswer } from '../domain/sealed.ts'

/** What the watch of an upstream saw a tag to be when it saw it first; null when it does not know, or nobody watches. */
export type SeenByWatch = (upstream: string, tag: string) => Promise<PinnedRelease | null>

/** Reads it where the watch shows it, so that no worker has to answer. */
export const seenByWatch: SeenByWatch = async (upstream, tag) => {
  const { client } = Context.current()
  try {
    const { memo, status } = await client.workflow.getHandle(watchId(upstream)).describe()
    if (status.name !== 'RUNNING' && status.name !== 'PAUSED') return null
    const shown = openAnswer(memo?.standing, ['installation'])
    const standing = (shown?.value ?? null) as WatchStanding | null
    return standing?.known.pins.find((pin) => pin.tag === tag) ?? null
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return null
    throw error
  }
}

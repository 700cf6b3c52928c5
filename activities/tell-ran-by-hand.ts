import { Context } from '@temporalio/activity'
import { WorkflowNotFoundError } from '@temporalio/common'
import { watchId } from '../domain/ids.ts'
import { tagReader } from '../domain/version/tag-reader.ts'
import { withGuardedExpressions } from '../git/guarded-expressions.ts'
import type { RanByHandInput } from './watch-types.ts'

/** Tells the watch of an upstream that someone runs a release by hand. What the rules do not take bounds no line. */
export async function tellRanByHand({ upstream, tags, ...run }: RanByHandInput): Promise<void> {
  const reading = withGuardedExpressions((exec) => tagReader(tags, { exec, positionOf: () => 0 })(run.tag))
  if (reading.kind !== 'version') return
  try {
    await Context.current().client.workflow.getHandle(watchId(upstream)).signal('ranByHand', run)
  } catch (error) {
    // Without a watch nobody needs to know.
    if (!(error instanceof WorkflowNotFoundError)) throw error
  }
}

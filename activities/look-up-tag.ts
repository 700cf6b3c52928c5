import { Context } from '@temporalio/activity'
import { tagReader } from '../domain/version/tag-reader.ts'
import { withGuardedExpressions } from '../git/guarded-expressions.ts'
import type { ActivityDeps } from './deps.ts'
import { lookAtTags } from './look-at-tags.ts'
import type { LookUpTagInput, LookUpTagResult } from './watch-types.ts'

/** Whether a line may stand on a tag: upstream has it, and the rules take it. Throws as `lookAtTags` does. */
export async function lookUpTag(
  { upstream, tags, tag }: LookUpTagInput,
  deps: Pick<ActivityDeps, 'env'>,
): Promise<LookUpTagResult> {
  const there = await lookAtTags(upstream, deps, Context.current().cancellationSignal)
  if (!there.has(tag)) return { kind: 'refused', why: `There is no tag ${tag} in ${upstream.git.url}.` }
  const reading = withGuardedExpressions((exec) => tagReader(tags, { exec, positionOf: () => 0 })(tag))
  if (reading.kind === 'version') return { kind: 'ok' }
  return { kind: 'refused', why: `The rules of the line do not take ${tag}: ${reading.detail}.` }
}

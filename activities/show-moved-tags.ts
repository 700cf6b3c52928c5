import { boundEvidence } from '../domain/lines/alarm-evidence.ts'
import { showMove } from '../git/index.ts'
import type { ActivityDeps } from './deps.ts'
import { accessTo } from './secrets.ts'
import type { StepContext } from './step.ts'
import { openStepMirror } from './step-mirror.ts'
import type { ShowMovesInput, ShowMovesResult } from './watch-types.ts'

/** What a person must see of each tag that a watch found moved, from the mirror, cut to what a watch may keep. */
export async function showMovedTags(
  { upstream, alarms }: ShowMovesInput,
  deps: ActivityDeps,
  step: StepContext,
): Promise<ShowMovesResult> {
  const mirror = await openStepMirror({ settings: { upstream } }, deps, step)
  const access = accessTo(upstream.git, deps)
  const shown = []
  for (const [index, alarm] of alarms.entries()) {
    step.report({ done: index, total: alarms.length, what: `comparing ${alarm.tag}` })
    shown.push({ ...alarm, evidence: await showMove(mirror, access, alarm) })
  }
  return boundEvidence(shown).map(({ tag, at, evidence = [] }) => ({ tag, at, evidence }))
}

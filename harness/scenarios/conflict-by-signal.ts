import { attemptOf, release, untilAsked, untilEnded } from '../stage/attempts.ts'
import { demandSettled, demandStoppedAtLimit, settleByHand } from '../stage/conflicts.ts'
import { demandSame } from '../stage/expect.ts'
import type { Scenario } from '../stage/scenario.ts'

const tag = 'v1.1.0'

export const conflictBySignal: Scenario = {
  name: 'conflict-by-signal',
  title: 'a conflict, resumed with the plain Temporal CLI',
  push: true,
  company: 'others',
  async play(stage) {
    const made = await release(stage, tag, 'conflicting')
    const asked = await untilAsked(stage, tag, 'conflict')
    demandStoppedAtLimit(asked)
    await settleByHand(stage, tag)
    const signal = ['--workflow-id', attemptOf(stage, tag), '--name', 'resume']
    const sent = await stage.temporal.run('workflow', 'signal', ...signal)
    demandSame('`temporal workflow signal` is taken', sent.code, 0)
    const head = await demandSettled(stage, await untilEnded(stage, tag, 'changed', asked), made)
    return { tags: [tag], candidates: { [tag]: head }, maintained: stage.maintained }
  },
}

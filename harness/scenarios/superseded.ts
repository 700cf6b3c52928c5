import { attemptOf, release, show, untilAsked, untilEnded } from '../stage/attempts.ts'
import { demandCandidate, demandRemotes, demandStack } from '../stage/evidence.ts'
import { demand, demandSame } from '../stage/expect.ts'
import type { Scenario } from '../stage/scenario.ts'

export const superseded: Scenario = {
  name: 'superseded',
  title: 'a second release while the first one waits',
  push: false,
  company: 'others',
  async play(stage) {
    const { installation } = stage
    await release(stage, 'v1.1.0', 'clean')
    const first = await untilAsked(stage, 'v1.1.0', 'approval')
    const made = await release(stage, 'v1.2.0', 'small')
    const second = await untilAsked(stage, 'v1.2.0', 'approval')
    const gone = await untilEnded(stage, 'v1.1.0', 'superseded', first)
    demandSame(
      'nothing of the first is pushed',
      gone.candidates.filter(({ pushed }) => pushed),
      [],
    )
    demand('the second is another candidate', second.head !== first.head, second.head)

    const late = await installation.cli('approve', attemptOf(stage, 'v1.1.0'))
    demand('`undrift approve` on the superseded attempt is refused', late.code !== 0, late)
    await demandRemotes(stage, {})

    const approved = await installation.cli('approve', attemptOf(stage, 'v1.2.0'))
    demandSame('`undrift approve` on the second is taken', approved.code, 0)
    const shown = await untilEnded(stage, 'v1.2.0', 'changed', second)
    const head = await demandCandidate(stage, shown)
    await demandStack(stage, shown, made)
    demandSame('the first stays superseded', (await show(stage, 'v1.1.0')).outcome, 'superseded')
    return { tags: ['v1.1.0', 'v1.2.0'], candidates: { 'v1.2.0': head }, maintained: stage.maintained }
  },
}

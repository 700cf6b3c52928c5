import { attemptOf, release, show, untilAsked, untilEnded } from '../stage/attempts.ts'
import { demandSettled, demandStoppedAtLimit, settleByHand } from '../stage/conflicts.ts'
import { demandRemotes } from '../stage/evidence.ts'
import { demand, demandSame } from '../stage/expect.ts'
import { demandRecorded } from '../stage/recorded.ts'
import type { Scenario } from '../stage/scenario.ts'

const tag = 'v1.1.0'

export const conflict: Scenario = {
  name: 'conflict',
  title: 'a conflict, resolved as a person would',
  push: true,
  company: 'others',
  async play(stage) {
    const { installation } = stage
    const made = await release(stage, tag, 'conflicting')
    const asked = await untilAsked(stage, tag, 'conflict')
    demandStoppedAtLimit(asked)
    await demandRemotes(stage, {})

    const early = await installation.cli('approve', attemptOf(stage, tag))
    demandSame('`undrift approve` is refused while a conflict stands', early.code, 2)
    demand('and says what is possible', early.stderr.includes('resume'), early)
    demandSame('and changes nothing', (await show(stage, tag)).needs, 'conflict')

    await settleByHand(stage, tag)
    const resumed = await installation.cli('resolve', attemptOf(stage, tag), '--continue')
    demandSame('`undrift resolve --continue` ends with 0', resumed.code, 0)
    const shown = await untilEnded(stage, tag, 'changed', asked)
    const head = await demandSettled(stage, shown, made)
    const { decisions, resolutions } = await demandRecorded(stage, tag, shown)
    demandSame(
      'the ledger keeps who decided',
      decisions.map(({ name, by }) => [name, by]),
      [['resume', 'fay']],
    )
    demandSame(
      'and who settled the conflict',
      resolutions.map(({ by }) => by),
      ['fay'],
    )
    return { tags: [tag], candidates: { [tag]: head }, maintained: stage.maintained }
  },
}

import { attemptOf, release, untilAsked, untilEnded } from '../stage/attempts.ts'
import { demandCandidate, demandRemotes, demandStack, fileAt } from '../stage/evidence.ts'
import { demand, demandSame } from '../stage/expect.ts'
import { demandRecorded } from '../stage/recorded.ts'
import type { Scenario } from '../stage/scenario.ts'

const [first, second] = ['v1.1.0', 'v1.2.0']
const subject = 'Take the default file from TALLY_FILE'

export const landedWithChanges: Scenario = {
  name: 'landed-with-changes',
  title: 'a patch that upstream took with changes, dropped by a person for good',
  push: true,
  company: 'others',
  async play(stage) {
    const { installation } = stage
    const made = await release(stage, first, 'landed-with-changes')
    const asked = await untilAsked(stage, first, 'landed-with-changes')
    const oid = asked.patches.find((each) => each.subject === subject)?.oid ?? ''
    await demandRemotes(stage, {})
    const words = asked.intervention?.options.flatMap((option) => option.commands) ?? []
    const drop = words.find((command) => command.startsWith('undrift resume') && command.includes('--drop'))
    demand(
      'an option drops the patch',
      drop !== undefined && oid !== '' && drop.includes(oid.slice(0, 12)),
      words,
    )

    const wrong = await installation.cli('resume', attemptOf(stage, first), '--drop', '0123456789')
    demandSame('`--drop` of something else is refused', wrong.code, 2)
    const dropped = await installation.cli('resume', attemptOf(stage, first), '--drop', oid)
    demandSame('`undrift resume --drop` is taken', dropped.code, 0)

    const shown = await untilEnded(stage, first, 'changed', asked)
    const verdicts = shown.patches.map((each) => [each.subject === subject, each.verdict === 'dropped'])
    demand(
      'the patch is dropped, and no other',
      verdicts.every(([isIt, isDropped]) => isIt === isDropped),
      shown.patches,
    )
    await demandStack(stage, shown, made)
    const head = await demandCandidate(stage, shown)
    const options = await fileAt(stage, head, 'lib/options.sh')
    demand('the candidate has what upstream made of it', options.includes('TALLY_FILE:='), options)
    const { decisions } = await demandRecorded(stage, first, shown)
    demandSame(
      'the ledger keeps who dropped what',
      decisions.map(({ name, by, drop: oids }) => [name, by, oids]),
      [['resume', 'fay', [oid]]],
    )

    const next = await release(stage, second, 'small')
    const unasked = await untilEnded(stage, second, 'changed')
    demandSame(
      'on the next release nobody is asked again',
      unasked.patches.map(({ verdict }) => verdict),
      shown.patches.map(({ verdict }) => verdict),
    )
    await demandStack(stage, unasked, next)
    const candidates = { [first]: head, [second]: unasked.head ?? '' }
    return { tags: [first, second], candidates, maintained: stage.maintained }
  },
}

import { attemptOf, release, untilAsked, untilEnded } from '../stage/attempts.ts'
import { demandSettled, demandStoppedAtLimit, settleByHand } from '../stage/conflicts.ts'
import { demandRemotes, demandStack } from '../stage/evidence.ts'
import { demand, demandSame } from '../stage/expect.ts'
import { demandRecorded } from '../stage/recorded.ts'
import type { Scenario } from '../stage/scenario.ts'

export const sha256: Scenario = {
  name: 'sha256',
  title:
    'the main job where upstream and fork are SHA-256 repositories: a conflict, promote, and the next release',
  push: true,
  ledger: true,
  objectFormat: 'sha256',
  company: 'others',
  async play(stage) {
    const { installation, maintained } = stage
    demandSame('the ids have 64 digits', maintained.length, 64)
    const made = await release(stage, 'v1.1.0', 'conflicting')
    const asked = await untilAsked(stage, 'v1.1.0', 'conflict')
    demandStoppedAtLimit(asked)
    await settleByHand(stage, 'v1.1.0')
    const resumed = await installation.cli('resolve', attemptOf(stage, 'v1.1.0'), '--continue')
    demandSame('`undrift resolve --continue` ends with 0', resumed.code, 0)
    const shown = await untilEnded(stage, 'v1.1.0', 'changed', asked)
    const head = await demandSettled(stage, shown, made)
    const { resolutions } = await demandRecorded(stage, 'v1.1.0', shown)
    demandSame(
      'the ledger keeps who settled it',
      resolutions.map(({ by }) => by),
      ['fay'],
    )

    const promotion = await installation.cli('promote', attemptOf(stage, 'v1.1.0'), '--yes', '--json')
    demandSame('`undrift promote` ends with 0', promotion.code, 0)
    const { backups } = JSON.parse(promotion.stdout) as {
      readonly backups: readonly { readonly ref: string }[]
    }
    demand('there is a backup on each remote', backups.length === 2, promotion)
    const besides = Object.fromEntries(backups.map(({ ref }) => [ref, maintained]))
    await demandRemotes(stage, { 'v1.1.0': head }, { maintained: head, besides })

    const second = await release(stage, 'v1.2.0', 'small')
    const next = await untilEnded(stage, 'v1.2.0', 'changed')
    await demandStack(stage, next, second)
    await demandRecorded(stage, 'v1.2.0', next)
    const candidates = { 'v1.1.0': head, 'v1.2.0': next.head ?? '' }
    return { tags: ['v1.1.0', 'v1.2.0'], candidates, maintained: head, besides }
  },
}

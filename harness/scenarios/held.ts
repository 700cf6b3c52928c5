import { release, until, untilEnded, untilWatch } from '../stage/attempts.ts'
import { demandCandidate, demandStack } from '../stage/evidence.ts'
import { demand, demandSame } from '../stage/expect.ts'
import { untilPolled } from '../stage/polls.ts'
import type { Scenario, Stage } from '../stage/scenario.ts'
import { demandOneAttempt } from '../stage/triggers.ts'
import { upstreamName } from '../world/config.ts'

export const held: Scenario = {
  name: 'held',
  title: 'a fork that is held: releases wait, and the newest starts once when it is released',
  push: true,
  company: 'others',
  async play(stage) {
    const { fork, installation } = stage
    const typo = await installation.cli('hold', fork.slice(0, -1))
    demandSame('a name that nobody has is not held', typo.code, 2)
    demand('the nearest name is offered', typo.stderr.includes(`Did you mean \`${fork}\`?`), typo)
    const taken = await installation.cli('hold', fork, '--for', '3d', '--reason', 'code freeze')
    demandSame('`undrift hold` is taken', taken.code, 0)
    const again = await installation.cli('hold', fork, '--for', '3d', '--reason', 'code freeze')
    demandSame('a hold may be made longer', again.code, 0)

    await release(stage, 'v1.1.0', 'clean')
    await waits(stage, 'v1.1.0')
    const made = await release(stage, 'v1.2.0', 'small')
    await waits(stage, 'v1.2.0')
    // The config is taken over anew, and the hold stands.
    demandSame('`undrift apply` is taken', (await installation.cli('apply')).code, 0)
    await untilPolled(stage, 3)
    const { attempts } = await installation.status()
    demandSame(
      'nothing starts while the fork is held',
      attempts.filter((row) => row.fork === fork),
      [],
    )

    const { code } = await installation.cli('release', fork)
    demandSame('`undrift release` is taken', code, 0)
    await until(stage, 'v1.2.0', () => true)
    const shown = await untilEnded(stage, 'v1.2.0', 'changed')
    const head = await demandCandidate(stage, shown)
    await demandStack(stage, shown, made)
    await demandOneAttempt(stage, 'v1.2.0')
    const idle = await installation.cli('release', fork)
    demandSame('a second release changes nothing', idle.code, 0)
    demand('and says so', idle.stdout.includes('Nothing was changed.'), idle)
    const all = (await installation.status()).attempts.filter((row) => row.fork === fork)
    demandSame(
      'exactly one attempt was started',
      all.map(({ tag }) => tag),
      ['v1.2.0'],
    )
    return { tags: ['v1.2.0'], candidates: { 'v1.2.0': head }, maintained: stage.maintained }
  },
}

/** Waits until the release waits because of the hold, and demands that `status` says of whom it is. */
async function waits(stage: Stage, tag: string): Promise<void> {
  const row = await untilWatch(stage, ({ waiting }) =>
    waiting.some((one) => one.tag === tag && one.reason === 'hold'),
  )
  demandSame(
    `the hold on ${upstreamName(stage.fork)} tells who and why`,
    row.holds.map(({ by, reason }) => [by, reason]),
    [['fay', 'code freeze']],
  )
}

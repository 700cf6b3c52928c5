import { attemptOf, release, untilAsked, untilEnded } from '../stage/attempts.ts'
import { demandCandidate, demandRemotes, demandStack } from '../stage/evidence.ts'
import { demandSame } from '../stage/expect.ts'
import { untilPolled } from '../stage/polls.ts'
import { untilReleaseIs } from '../stage/release-states.ts'
import type { Scenario } from '../stage/scenario.ts'

export const stepEach: Scenario = {
  name: 'step-each',
  title: 'two releases one after the other: the second when the first has ended',
  push: false,
  choosing: { step: 'each' },
  company: 'others',
  async play(stage) {
    const { installation, fork } = stage
    const made = [await release(stage, 'v1.1.0', 'clean'), await release(stage, 'v1.2.0', 'small')] as const
    const first = await untilAsked(stage, 'v1.1.0', 'approval')
    await untilReleaseIs(stage, 'v1.2.0', 'waiting')
    await untilPolled(stage, 3)
    const { attempts } = await installation.status()
    const started = attempts.filter((row) => row.fork === fork).map(({ tag }) => tag)
    demandSame('the second release waits while the first one asks', started, ['v1.1.0'])

    demandSame('`approve` is taken', (await installation.cli('approve', attemptOf(stage, 'v1.1.0'))).code, 0)
    const one = await untilEnded(stage, 'v1.1.0', 'changed', first)
    await demandStack(stage, one, made[0])
    const head = await demandCandidate(stage, one)
    const second = await untilAsked(stage, 'v1.2.0', 'approval')
    demandSame('`approve` is taken', (await installation.cli('approve', attemptOf(stage, 'v1.2.0'))).code, 0)
    const other = await untilEnded(stage, 'v1.2.0', 'changed', second)
    await demandStack(stage, other, made[1])
    const candidates = { 'v1.1.0': head, 'v1.2.0': other.head ?? '' }
    await demandRemotes(stage, candidates)
    return { tags: ['v1.1.0', 'v1.2.0'], candidates, maintained: stage.maintained }
  },
}

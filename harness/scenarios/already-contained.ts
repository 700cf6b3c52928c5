import { attemptOf, show, untilEnded } from '../stage/attempts.ts'
import { demandRemotes } from '../stage/evidence.ts'
import { demand, demandSame } from '../stage/expect.ts'
import type { Scenario } from '../stage/scenario.ts'
import { makeRelease, rebaseForkByHand } from '../world/repositories.ts'

const tag = 'v1.1.0'

export const alreadyContained: Scenario = {
  name: 'already-contained',
  title: 'a release that the fork already stands on',
  push: true,
  company: 'others',
  async play(stage) {
    const { repositories, feed, installation } = stage
    const made = await makeRelease(repositories, tag, 'clean')
    const maintained = await rebaseForkByHand(repositories, tag)
    feed.announce(made)

    const shown = await untilEnded(stage, tag, 'completed')
    demandSame('nothing is offered', shown.candidates, [])
    demandSame(
      'the stack as it is was verified',
      shown.checks.map(({ command }) => command),
      ['sh check.sh'],
    )
    await demandRemotes(stage, {}, { maintained })

    const run = await installation.cli('run', stage.fork, tag)
    demandSame('`undrift run` on it ends with 0', run.code, 0)
    const lastLine = run.stdout.trimEnd().split('\n').at(-1) ?? ''
    demand('the last line of `undrift run` names the attempt', lastLine.includes(attemptOf(stage, tag)), run)
    demandSame('and starts nothing new', (await show(stage, tag)).startedAt, shown.startedAt)
    return { tags: [tag], candidates: {}, maintained }
  },
}

import { release, untilEnded } from '../stage/attempts.ts'
import { demandCandidate, demandStack } from '../stage/evidence.ts'
import { demandSame } from '../stage/expect.ts'
import type { Scenario } from '../stage/scenario.ts'
import { demandOneAttempt } from '../stage/triggers.ts'
import { upstreamName } from '../world/config.ts'

const tag = 'v1.1.0'

export const byRun: Scenario = {
  name: 'by-run',
  title: 'a release that a person names twice at once, before the feed is read',
  push: true,
  poll: '1h',
  company: 'others',
  async play(stage) {
    const { installation, fork } = stage
    const made = await release(stage, tag, 'small')
    const runs = await Promise.all([1, 2].map(() => installation.cli('run', fork, tag)))
    demandSame(
      '`undrift run` ends with 0',
      runs.map(({ code }) => code),
      [0, 0],
    )
    const said = runs.map(({ stderr }) => /: (started|running already)/.exec(stderr)?.[1])
    demandSame('one starts it, the other joins', said.toSorted(), ['running already', 'started'])
    const shown = await untilEnded(stage, tag, 'changed')
    await demandStack(stage, shown, made)
    await installation.cli('poll', upstreamName(fork))
    await demandOneAttempt(stage, tag)
    const again = await installation.cli('run', fork, tag)
    demandSame('`undrift run` of what is done ends with 0', again.code, 0)
    await demandOneAttempt(stage, tag)
    return {
      tags: [tag],
      candidates: { [tag]: await demandCandidate(stage, shown) },
      maintained: stage.maintained,
    }
  },
}

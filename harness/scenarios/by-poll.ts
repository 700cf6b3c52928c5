import { release, untilEnded } from '../stage/attempts.ts'
import { demandCandidate, demandStack } from '../stage/evidence.ts'
import { demandSame } from '../stage/expect.ts'
import type { Scenario } from '../stage/scenario.ts'
import { demandOneAttempt } from '../stage/triggers.ts'
import { upstreamName } from '../world/config.ts'

const tag = 'v1.1.0'

export const byPoll: Scenario = {
  name: 'by-poll',
  title: 'a release that `undrift poll` notices, asked for three times at once',
  push: true,
  poll: '1h',
  company: 'others',
  async play(stage) {
    const made = await release(stage, tag, 'small')
    const polls = [1, 2, 3].map(() => stage.installation.cli('poll', upstreamName(stage.fork)))
    const codes = (await Promise.all(polls)).map(({ code }) => code)
    demandSame('`undrift poll` is taken', codes, [0, 0, 0])
    const shown = await untilEnded(stage, tag, 'changed')
    await demandStack(stage, shown, made)
    await demandOneAttempt(stage, tag)
    return {
      tags: [tag],
      candidates: { [tag]: await demandCandidate(stage, shown) },
      maintained: stage.maintained,
    }
  },
}

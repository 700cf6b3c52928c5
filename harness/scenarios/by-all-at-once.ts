import { randomUUID } from 'node:crypto'
import { release, untilEnded } from '../stage/attempts.ts'
import { demandCandidate, demandStack } from '../stage/evidence.ts'
import { demandSame } from '../stage/expect.ts'
import type { Scenario } from '../stage/scenario.ts'
import { demandOneAttempt, startForge, writeEvent } from '../stage/triggers.ts'
import { upstreamName } from '../world/config.ts'

const tag = 'v1.1.0'

export const byAllAtOnce: Scenario = {
  name: 'by-all-at-once',
  title: 'a release that the feed, a poll, a person, an event and a webhook bring at once',
  push: true,
  webhook: true,
  company: 'others',
  async play(stage) {
    const { installation, fork } = stage
    const forge = await startForge(stage)
    const event = await writeEvent(stage, tag)
    const made = await release(stage, tag, 'small')
    const [answer, ...commands] = await Promise.all([
      forge.send({ id: randomUUID() }),
      installation.cli('poll', upstreamName(fork)),
      installation.cli('run', fork, tag, '--detach'),
      installation.cli('run', '--event', event, '--detach'),
    ])
    demandSame('the webhook is taken', answer, 202)
    demandSame(
      'every command is taken',
      commands.map(({ code }) => code),
      [0, 0, 0],
    )
    const shown = await untilEnded(stage, tag, 'changed')
    await demandStack(stage, shown, made)
    await demandOneAttempt(stage, tag)
    await forge.end()
    return {
      tags: [tag],
      candidates: { [tag]: await demandCandidate(stage, shown) },
      maintained: stage.maintained,
    }
  },
}

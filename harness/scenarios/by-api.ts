import { release, untilEnded } from '../stage/attempts.ts'
import { demandCandidate, demandStack } from '../stage/evidence.ts'
import { demandSame } from '../stage/expect.ts'
import { untilPolled } from '../stage/polls.ts'
import type { Scenario } from '../stage/scenario.ts'
import { demandOneAttempt } from '../stage/triggers.ts'

const tag = 'v1.1.0'

export const byApi: Scenario = {
  name: 'by-api',
  title: "a release in a forge's API, which has pages and opens to a token only",
  push: true,
  api: true,
  company: 'others',
  async play(stage) {
    const made = await release(stage, tag, 'small')
    const shown = await untilEnded(stage, tag, 'changed')
    await demandStack(stage, shown, made)
    await demandOneAttempt(stage, tag)

    await untilPolled(stage, 2)
    const before = stage.feed.counts()
    await untilPolled(stage, 3)
    const { requests, notModified } = stage.feed.counts()
    demandSame(
      'idle polls ask for the first page, conditionally',
      notModified - before.notModified,
      requests - before.requests,
    )
    return {
      tags: [tag],
      candidates: { [tag]: await demandCandidate(stage, shown) },
      maintained: stage.maintained,
    }
  },
}

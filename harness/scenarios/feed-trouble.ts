import { release, untilEnded, untilWatch, watchOf } from '../stage/attempts.ts'
import { demandCandidate, demandStack } from '../stage/evidence.ts'
import { demand, demandSame } from '../stage/expect.ts'
import type { Scenario } from '../stage/scenario.ts'
import { upstreamName } from '../world/config.ts'
import { firstTag } from '../world/repositories.ts'

const tag = 'v1.1.0'

export const feedTrouble: Scenario = {
  name: 'feed-trouble',
  title: 'a feed that talks nonsense, fails, and comes back',
  push: true,
  company: 'others',
  async play(stage) {
    const { feed, installation } = stage
    const before = await stage.temporal.history(watchOf(stage))
    feed.behave({ kind: 'garbage', body: '<html><title>Be right back</title>' })
    await untilWatch(stage, ({ failures }) => failures >= 1)
    feed.behave({ kind: 'status', status: 503 })
    const degraded = await untilWatch(stage, ({ phase }) => phase === 'degraded')
    demandSame('the last good state is kept', degraded.lastRelease, firstTag)
    demand('`status` says when it is tried again', degraded.nextPollAt !== null, degraded)
    const after = await stage.temporal.history(watchOf(stage))
    demandSame('failed polls write no history', after.events.length, before.events.length)

    const made = await release(stage, tag, 'clean')
    feed.behave({ kind: 'well' })
    const polled = await installation.cli('poll', upstreamName(stage.fork))
    demandSame('`undrift poll` is taken', polled.code, 0)
    const shown = await untilEnded(stage, tag, 'changed')
    const head = await demandCandidate(stage, shown)
    await demandStack(stage, shown, made)
    await untilWatch(stage, ({ phase, failures }) => phase === 'polling' && failures === 0)
    return { tags: [tag], candidates: { [tag]: head }, maintained: stage.maintained }
  },
}

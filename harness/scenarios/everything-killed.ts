import { attemptOf, release, show, untilAsked, untilEnded, watchOf } from '../stage/attempts.ts'
import { demandCandidate, demandRemotes, demandStack } from '../stage/evidence.ts'
import { demand, demandSame } from '../stage/expect.ts'
import { untilPolled } from '../stage/polls.ts'
import type { Scenario } from '../stage/scenario.ts'

const tag = 'v1.1.0'

export const everythingKilled: Scenario = {
  name: 'everything-killed',
  title: 'server, workers and supervisor are killed while an attempt waits',
  push: false,
  company: 'alone',
  async play(stage) {
    const { installation } = stage
    const made = await release(stage, tag, 'clean')
    const asked = await untilAsked(stage, tag, 'approval')
    const second = await installation.cli('up')
    demandSame('a second `undrift up` on the same data folder ends with 6', second.code, 6)

    await installation.killEverything()
    const alone = await installation.cli('status')
    demandSame('without a server `undrift status` ends with 4', alone.code, 4)
    demand('and says how to start one', alone.stderr.includes('undrift up'), alone)

    await installation.up()
    const still = await show(stage, tag)
    demandSame('the attempt waits as before', [still.needs, still.head], ['approval', asked.head])
    await untilPolled(stage, 2)
    const { events } = await stage.temporal.history(watchOf(stage))
    demand('the watch goes on', events.length > 0)
    await demandRemotes(stage, {})
    const approved = await installation.cli('approve', attemptOf(stage, tag))
    demandSame('`undrift approve` is taken', approved.code, 0)
    const shown = await untilEnded(stage, tag, 'changed', asked)
    const head = await demandCandidate(stage, shown)
    await demandStack(stage, shown, made)
    return { tags: [tag], candidates: { [tag]: head }, maintained: stage.maintained }
  },
}

import { release, untilEnded, untilWatch, watchOf } from '../stage/attempts.ts'
import { demandCandidate, demandStack } from '../stage/evidence.ts'
import { demand, demandSame } from '../stage/expect.ts'
import type { Scenario, Stage } from '../stage/scenario.ts'
import { upstreamName } from '../world/config.ts'

const tag = 'v1.1.0'

export const feedGone: Scenario = {
  name: 'feed-gone',
  title: 'a feed that is gone for longer than its patience, comes back, and moves for good',
  push: true,
  patience: '5s',
  company: 'others',
  async play(stage) {
    const { feed, installation } = stage
    feed.behave({ kind: 'status', status: 404 })
    const gone = await untilWatch(stage, ({ needs }) => needs === 'feed-gone')
    demandSame('it is polled on', gone.phase, 'degraded')
    await demandInInbox(stage, 'feed gone')
    const query = `UndriftNeeds = 'feed-gone' AND WorkflowId = '${watchOf(stage)}'`
    const listed = await stage.temporal.run('workflow', 'count', '--query', query)
    demand('a query finds watches that need a person', /1\b/.test(listed.stdout), listed)

    const made = await release(stage, tag, 'clean')
    feed.behave({ kind: 'well' })
    const polled = await installation.cli('poll', upstreamName(stage.fork))
    demandSame('`undrift poll` is taken', polled.code, 0)
    await untilWatch(stage, ({ needs, failures }) => needs === null && failures === 0)
    const shown = await untilEnded(stage, tag, 'changed')
    const head = await demandCandidate(stage, shown)
    await demandStack(stage, shown, made)

    feed.behave({ kind: 'moved' })
    const moved = await untilWatch(stage, ({ needs }) => needs === 'feed-moved')
    const to = feed.url.replace('/releases.atom', '/new/releases.atom')
    demandSame(
      'the new address is told',
      moved.questions.map((question) => question.to),
      [to],
    )
    await demandInInbox(stage, 'feed moved')
    feed.behave({ kind: 'well' })
    await untilWatch(stage, ({ needs }) => needs === null)
    return { tags: [tag], candidates: { [tag]: head }, maintained: stage.maintained }
  },
}

/** Demands that `inbox` asks about the upstream in these words, with a command. */
async function demandInInbox({ fork, installation }: Stage, words: string): Promise<void> {
  const name = upstreamName(fork)
  const { code, stdout } = await installation.cli('inbox')
  demandSame('`undrift inbox` ends with 0', code, 0)
  const part = stdout.split('\n\n').find((one) => one.startsWith(`${name}  ${words}`))
  demand(`\`inbox\` tells of ${name}: ${words}`, part?.includes(' apply') === true, stdout)
}

import { attemptOf, release, untilEnded, watchOf } from '../stage/attempts.ts'
import { demandCandidate, demandStack, demandTreeOfRebase } from '../stage/evidence.ts'
import { demand, demandSame } from '../stage/expect.ts'
import { untilPolled } from '../stage/polls.ts'
import { demandRecorded } from '../stage/recorded.ts'
import type { Scenario, Stage } from '../stage/scenario.ts'

const tag = 'v1.1.0'
const mostEvents = 60

export const cleanRelease: Scenario = {
  name: 'clean-release',
  title: 'a release that the stack moves onto',
  push: true,
  company: 'others',
  async play(stage) {
    const made = await release(stage, tag, 'clean')
    const shown = await untilEnded(stage, tag, 'changed')
    const head = await demandCandidate(stage, shown)
    await demandStack(stage, shown, made)
    await demandTreeOfRebase(stage, head, tag)
    demandSame(
      'the checks are green',
      shown.checks.map(({ command, exitCode }) => [command, exitCode]),
      [['sh check.sh', 0]],
    )
    const { checks } = await demandRecorded(stage, tag, shown)
    demandSame(
      'the ledger keeps the checks',
      checks.map(({ command, exitCode }) => [command, exitCode]),
      [['sh check.sh', 0]],
    )

    const { events } = await stage.temporal.history(attemptOf(stage, tag))
    demand(`a clean attempt writes at most ${mostEvents} events`, events.length <= mostEvents, events.length)
    await demandIdlePollsWriteNothing(stage)
    return { tags: [tag], candidates: { [tag]: head }, maintained: stage.maintained }
  },
}

/** Demands that the watch goes on polling, that its feed answers 304, and that its history does not grow. */
async function demandIdlePollsWriteNothing(stage: Stage): Promise<void> {
  await untilPolled(stage, 2)
  const before = await stage.temporal.history(watchOf(stage))
  const asked = stage.feed.counts()
  await untilPolled(stage, 3)
  const after = await stage.temporal.history(watchOf(stage))
  demandSame('idle polls write no history', after.events.length, before.events.length)
  const { requests, notModified } = stage.feed.counts()
  demandSame(
    'idle polls are conditional requests',
    notModified - asked.notModified,
    requests - asked.requests,
  )
}

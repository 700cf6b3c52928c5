import { z } from 'zod'
import { attemptOf, release, untilEnded, watchOf } from '../stage/attempts.ts'
import { demandCandidate, demandStack, demandTreeOfRebase } from '../stage/evidence.ts'
import { demand, demandSame } from '../stage/expect.ts'
import { untilPolled } from '../stage/polls.ts'
import { demandRecorded } from '../stage/recorded.ts'
import type { Scenario, Stage } from '../stage/scenario.ts'
import type { Shown } from '../stage/shapes.ts'

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

    await demandRangeDiff(stage, shown)
    const { events } = await stage.temporal.history(attemptOf(stage, tag))
    demand(`a clean attempt writes at most ${mostEvents} events`, events.length <= mostEvents, events.length)
    await demandIdlePollsWriteNothing(stage)
    return { tags: [tag], candidates: { [tag]: head }, maintained: stage.maintained }
  },
}

/** Demands that a reviewer sees how every patch changed, with a server and from the ledger alone. */
async function demandRangeDiff({ fork, installation }: Stage, { id, patches }: Shown): Promise<void> {
  const asked = z
    .looseObject({ rangeDiff: z.string() })
    .parse(await installation.json('show', id, '--range-diff'))
  const lines = asked.rangeDiff.split('\n').filter((line) => /^ *\d+: /.test(line))
  demandSame(
    '`show --range-diff` has a line for every patch',
    lines.map((line) => patches.findIndex(({ subject }) => line.endsWith(` ${subject}`))),
    patches.map((_patch, index) => index),
  )
  const log = z.looseObject({ entries: z.array(z.looseObject({ rangeDiff: z.string() })) })
  const [entry] = log.parse(await installation.json('log', fork, '--range-diff')).entries
  demandSame('`log --range-diff` shows the same', entry?.rangeDiff, asked.rangeDiff)
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

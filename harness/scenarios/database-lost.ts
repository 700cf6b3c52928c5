import { rename } from 'node:fs/promises'
import { join } from 'node:path'
import { release, until, untilEnded, untilWatch } from '../stage/attempts.ts'
import { demandCandidate, demandStack } from '../stage/evidence.ts'
import { demand, demandSame } from '../stage/expect.ts'
import { untilPolled } from '../stage/polls.ts'
import type { Scenario, Stage } from '../stage/scenario.ts'
import { upstreamName } from '../world/config.ts'
import { git } from '../world/git.ts'
import { moveTag } from '../world/repositories.ts'

const tag = 'v1.1.0'

export const databaseLost: Scenario = {
  name: 'database-lost',
  title: 'the database is thrown away under a hold and under an alarm: nothing starts, nothing is forgotten',
  push: true,
  // The histories of what was played before would be gone with the database.
  company: 'first',
  async play(stage) {
    const { installation, fork, repositories } = stage
    const upstream = upstreamName(fork)
    const held = await installation.cli('hold', fork, '--reason', 'code freeze')
    demandSame('`undrift hold` is taken', held.code, 0)
    await release(stage, tag, 'clean')
    await untilWatch(stage, ({ waiting }) => waiting.some((one) => one.tag === tag && one.reason === 'hold'))

    await lose(stage)
    const row = await untilWatch(stage, ({ waiting }) => waiting.some((one) => one.tag === tag))
    demandSame(
      'the hold stands as it did',
      row.holds.map(({ by, reason }) => [by, reason]),
      [['fay', 'code freeze']],
    )
    await untilPolled(stage, 3)
    await demandNothingStarted(stage)

    const before = await git(repositories.upstream, ['rev-parse', `refs/tags/${tag}`])
    const moved = await moveTag(repositories, tag, {
      subject: 'Send the totals home',
      files: { 'lib/home.sh': 'send_home() { :; }\n' },
    })
    await installation.cli('poll', upstream)
    await untilWatch(stage, ({ alarms }) => alarms.length === 1)
    demandSame('`undrift release` is taken', (await installation.cli('release', fork)).code, 0)

    await lose(stage)
    await untilWatch(stage, ({ alarms, holds }) => alarms.length === 1 && holds.length === 0)
    await untilPolled(stage, 3)
    await demandNothingStarted(stage)
    const inbox = await installation.cli('inbox')
    demand('`undrift inbox` shows what the tag was', inbox.stdout.includes(before), inbox)

    const now = await git(repositories.upstream, ['rev-parse', `refs/tags/${tag}`])
    const taken = await installation.cli('release', upstream, '--accept', now)
    demandSame('the tag is accepted as it is now', taken.code, 0)
    await until(stage, tag, () => true)
    const shown = await untilEnded(stage, tag, 'changed')
    const head = await demandCandidate(stage, shown)
    await demandStack(stage, shown, moved)
    return { tags: [tag], candidates: { [tag]: head }, maintained: stage.maintained }
  },
}

/** Throws the database away while nothing runs. */
async function lose({ installation }: Stage): Promise<void> {
  await installation.down()
  const folder = join(installation.data, 'temporal')
  await rename(folder, `${folder}.${Date.now()}`)
  await installation.up()
}

async function demandNothingStarted({ installation, fork }: Stage): Promise<void> {
  const { attempts } = await installation.status()
  demandSame(
    'nothing starts',
    attempts.filter((row) => row.fork === fork),
    [],
  )
}

import { release, untilEnded } from '../stage/attempts.ts'
import { demandCandidate, demandStack } from '../stage/evidence.ts'
import { demand, demandSame } from '../stage/expect.ts'
import { killNow, waitForEnd } from '../stage/processes.ts'
import type { Scenario } from '../stage/scenario.ts'
import { workerInBox } from '../stage/worker-in-box.ts'

const tag = 'v1.1.0'
/** A command line that no other process has. */
const long = 'sleep 4.0625'

export const serverKilled: Scenario = {
  name: 'server-killed',
  title: 'the server is killed while an attempt runs its checks',
  push: true,
  verify: ['sh check.sh', long],
  company: 'alone',
  async play(stage) {
    const { installation } = stage
    const made = await release(stage, tag, 'clean')
    await workerInBox(stage, long)
    const servers = (await installation.processes()).filter(({ command }) => command.includes(' start-dev '))
    demandSame('one server runs', servers.length, 1)
    await killNow(servers)
    demandSame('it is gone', await waitForEnd(servers, 5_000), [])

    await installation.untilAnswers()
    const shown = await untilEnded(stage, tag, 'changed')
    demand(
      'the checks are green',
      shown.checks.length === 2 && shown.checks.every(({ exitCode }) => exitCode === 0),
      shown.checks,
    )
    const head = await demandCandidate(stage, shown)
    await demandStack(stage, shown, made)
    return { tags: [tag], candidates: { [tag]: head }, maintained: stage.maintained }
  },
}

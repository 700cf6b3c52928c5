import { release, untilEnded } from '../stage/attempts.ts'
import { demandCandidate, demandStack } from '../stage/evidence.ts'
import { demand, demandSame } from '../stage/expect.ts'
import { killNow, waitForEnd } from '../stage/processes.ts'
import type { Scenario } from '../stage/scenario.ts'
import { workerInBox } from '../stage/worker-in-box.ts'

const tag = 'v1.1.0'
/** Long enough to be met in the middle, and a command line that no other process has. */
const long = 'sleep 7.0625'

export const workerKilled: Scenario = {
  name: 'worker-killed',
  title: 'the worker is killed in the middle of verify',
  push: true,
  verify: ['sh check.sh', long],
  company: 'killers',
  async play(stage) {
    const made = await release(stage, tag, 'clean')
    const { worker, box } = await workerInBox(stage, long)
    await killNow([worker])
    demandSame('the processes of the box die with their worker', await waitForEnd(box, 5_000), [])

    const shown = await untilEnded(stage, tag, 'changed')
    demandSame(
      'the checks are green in the end',
      shown.checks.map(({ command, exitCode }) => [command, exitCode]),
      [
        ['sh check.sh', 0],
        [long, 0],
      ],
    )
    const head = await demandCandidate(stage, shown)
    await demandStack(stage, shown, made)
    const heir = (await stage.installation.processes()).find(
      ({ pid, command }) => pid !== worker.pid && command === worker.command,
    )
    demand('another worker took its place', heir !== undefined, worker)
    return { tags: [tag], candidates: { [tag]: head }, maintained: stage.maintained }
  },
}

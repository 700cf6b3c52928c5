import { sep } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { release, until, untilEnded } from '../stage/attempts.ts'
import { demandCandidate, demandStack } from '../stage/evidence.ts'
import { demand, demandSame, Unmet } from '../stage/expect.ts'
import { familyOf, killNow, type Process, waitForEnd } from '../stage/processes.ts'
import type { Scenario, Stage } from '../stage/scenario.ts'

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
    await until(stage, tag, ({ phase }) => phase === 'verifying')
    const { worker, box } = await workerInVerify(stage)
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

/** The worker process whose box runs the long check right now, with everything below it. */
async function workerInVerify({
  installation,
}: Stage): Promise<{ worker: Process; box: readonly Process[] }> {
  for (let tries = 0; tries < 100; tries++) {
    const processes = await installation.processes()
    for (const worker of processes.filter(({ command }) => command.includes(`${sep}workers${sep}main.`))) {
      const [, ...box] = familyOf(worker.pid, processes)
      const nearest = box.every(({ command }) => !command.includes(`${sep}workers${sep}main.`))
      if (nearest && box.some(({ command }) => command === long)) return { worker, box }
    }
    await pause(100)
  }
  throw new Unmet('a worker process runs the check below it', JSON.stringify(await installation.processes()))
}

import { sep } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { Unmet } from './expect.ts'
import { familyOf, type Process } from './processes.ts'
import type { Stage } from './scenario.ts'

/** The worker process whose box runs a command right now, with everything below it. */
export async function workerInBox(
  { installation }: Stage,
  running: string,
): Promise<{ worker: Process; box: readonly Process[] }> {
  for (let tries = 0; tries < 100; tries++) {
    const processes = await installation.processes()
    for (const worker of processes.filter(({ command }) => command.includes(`${sep}workers${sep}main.`))) {
      const [, ...box] = familyOf(worker.pid, processes)
      const nearest = box.every(({ command }) => !command.includes(`${sep}workers${sep}main.`))
      if (nearest && box.some(({ command }) => command === running)) return { worker, box }
    }
    await pause(100)
  }
  throw new Unmet(
    'a worker process runs the command below it',
    JSON.stringify(await installation.processes()),
  )
}

import { sep } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { Unmet } from './expect.ts'
import { familyOf, type Process } from './processes.ts'
import type { Stage } from './scenario.ts'

const patience = 120_000

/**
 * Waits until a box runs a command, and answers with its worker process and everything below that. It looks at the
 * machine's processes: on a busy one a short check is over before `undrift status` has told that it began.
 */
export async function workerInBox(
  { installation }: Stage,
  running: string,
): Promise<{ worker: Process; box: readonly Process[] }> {
  const deadline = Date.now() + patience
  while (Date.now() < deadline) {
    const processes = await installation.processes()
    for (const worker of processes.filter(({ command }) => command.includes(`${sep}workers${sep}main.`))) {
      const [, ...box] = familyOf(worker.pid, processes)
      const nearest = box.every(({ command }) => !command.includes(`${sep}workers${sep}main.`))
      if (nearest && box.some(({ command }) => command === running)) return { worker, box }
    }
    await pause(50)
  }
  throw new Unmet(
    'a worker process runs the command below it',
    JSON.stringify(await installation.processes()),
  )
}

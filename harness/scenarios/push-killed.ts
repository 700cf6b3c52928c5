import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { release, untilEnded } from '../stage/attempts.ts'
import { demandCandidate, demandStack } from '../stage/evidence.ts'
import { demandSame, Unmet } from '../stage/expect.ts'
import { killNow } from '../stage/processes.ts'
import type { Scenario, Stage } from '../stage/scenario.ts'
import { candidateRef } from '../world/config.ts'
import { listRefs } from '../world/git.ts'

const tag = 'v1.1.0'
const patience = 120_000

export const pushKilled: Scenario = {
  name: 'push-killed',
  title: 'the worker is killed when the first remote has taken the candidate, and was not yet told so',
  push: true,
  company: 'killers',
  async play(stage) {
    // The remote moves its ref, and then lets whoever pushed wait for the answer.
    const hook = join(stage.repositories.remotes.origin, 'hooks', 'post-receive')
    await writeFile(hook, '#!/bin/sh\nsleep 4\n', { mode: 0o755 })
    const made = await release(stage, tag, 'clean')
    const taken = await untilTaken(stage)
    const processes = await stage.installation.processes()
    const workers = processes.filter(({ command }) => /\bmain\.\w+ .*--role \S*\bgit\b/.test(command))
    demandSame('one worker process pushes', workers.length, 1)
    await killNow(workers)

    const shown = await untilEnded(stage, tag, 'changed')
    demandSame('what the remote took is what the attempt offers', shown.head, taken)
    const head = await demandCandidate(stage, shown)
    await demandStack(stage, shown, made)
    return { tags: [tag], candidates: { [tag]: head }, maintained: stage.maintained }
  },
}

/** Waits until the first remote has the candidate's ref; answers its commit. */
async function untilTaken({ repositories: { remotes } }: Stage): Promise<string> {
  const deadline = Date.now() + patience
  while (Date.now() < deadline) {
    const oid = (await listRefs(remotes.origin))[candidateRef(tag)]
    if (oid !== undefined) return oid
    await pause(50)
  }
  throw new Unmet(`the first remote takes the candidate within ${patience / 1000} s`, '')
}

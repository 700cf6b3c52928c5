import { release, until, untilEnded } from '../stage/attempts.ts'
import { demandCandidate, demandStack, fileAt } from '../stage/evidence.ts'
import { demand, demandSame } from '../stage/expect.ts'
import { killNow, waitForEnd } from '../stage/processes.ts'
import { demandRecorded } from '../stage/recorded.ts'
import type { Scenario, Stage } from '../stage/scenario.ts'
import type { Shown } from '../stage/shapes.ts'
import { workerInBox } from '../stage/worker-in-box.ts'
import { forkList, listOurPart, partsLock } from '../world/parts-lock.ts'
import { commitToFork, makeRelease, rebaseForkByHand, type UpstreamRelease } from '../world/repositories.ts'

const [before, ...tags] = ['v1.1.0', 'v1.2.0', 'v1.3.0'] as const

/** Long enough to be met in the middle, and a command line that no other process has. */
const long = 'sleep 5.0375'
const command = `${partsLock.command} && ${long}`

export const generatedFiles: Scenario = {
  name: 'generated-files',
  title: 'a generated file that both sides change in every release, made again, once by a second worker',
  push: true,
  generated: { [partsLock.path]: command },
  company: 'killers',
  async play(stage) {
    const { repositories, installation } = stage
    // The fork is on this release before anybody hears of it.
    await makeRelease(repositories, before, 'listed')
    await rebaseForkByHand(repositories, before)
    const maintained = await commitToFork(repositories, listOurPart('1.1.0'))
    const candidates: Record<string, string> = {}
    for (const tag of tags) {
      const made = await release(stage, tag, 'listed')
      if (tag === tags[0]) await killWorker(stage, tag)
      const shown = await untilEnded(stage, tag, 'changed')
      candidates[tag] = await demandMade(stage, shown, { made, maintained, candidates })
    }
    const [first] = tags
    const planned = await installation.cli('plan', stage.fork, first)
    demandSame('`undrift plan` needs nobody either', planned.code, 0)
    demand(
      'and says what an attempt makes again',
      planned.stdout.trimEnd().endsWith(`before an attempt makes ${partsLock.path} again`),
      planned,
    )
    return { tags, candidates, maintained }
  },
}

/** Kills the worker in the middle of the command: another one makes the file. */
async function killWorker(stage: Stage, tag: string): Promise<void> {
  await until(stage, tag, ({ phase }) => phase === 'verifying')
  const { worker, box } = await workerInBox(stage, long)
  await killNow([worker])
  demandSame('the processes of the box die with their worker', await waitForEnd(box, 5_000), [])
}

/** Demands that the file was made again, in its patch, and that the checks saw it; answers the candidate. */
async function demandMade(
  stage: Stage,
  shown: Shown,
  at: {
    readonly made: UpstreamRelease
    readonly maintained: string
    readonly candidates: Readonly<Record<string, string>>
  },
): Promise<string> {
  const head = await demandCandidate(stage, shown, at.maintained, at.candidates)
  await demandStack(stage, shown, at.made)
  const patch = shown.patches.at(-1)
  demandSame('the patch was regenerated', patch?.verdict, 'regenerated')
  demandSame('and says by what', patch?.reason, `\`${command}\` made it again: ${partsLock.path}.`)
  const list = await fileAt(stage, head, partsLock.path)
  demandSame('the candidate lists the parts of both', list, forkList(shown.tag.slice(1)).trimEnd())
  demandSame(
    'the checks are green on it',
    shown.checks.map(({ command, exitCode }) => [command, exitCode]),
    [['sh check.sh', 0]],
  )
  await demandRecorded(stage, shown.tag, shown)
  return head
}

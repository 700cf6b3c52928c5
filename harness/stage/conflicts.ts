import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { settledLimits } from '../world/releases.ts'
import type { UpstreamRelease } from '../world/repositories.ts'
import { attemptOf } from './attempts.ts'
import { demandCandidate, demandStack, fileAt } from './evidence.ts'
import { demand, demandSame } from './expect.ts'
import type { Stage } from './scenario.ts'
import { resolveShape, type Shown } from './shapes.ts'

const contested = 'lib/limits.sh'

/** Demands that an attempt stopped at the one patch that a `conflicting` release meets, and says what can be done. */
export function demandStoppedAtLimit(shown: Shown): void {
  const verdicts = shown.patches.map(({ verdict }) => verdict)
  demandSame('the fourth patch conflicts, and the fifth has no verdict yet', verdicts.slice(3), [
    'conflict',
    null,
  ])
  demand(
    'the patches before it are settled',
    verdicts.slice(0, 3).every((verdict) => verdict !== null),
    verdicts,
  )
  demand(
    'the question names the patch',
    shown.intervention?.question.includes('Raise the limit') === true,
    shown.intervention,
  )
  const commands = shown.intervention?.options.flatMap((option) => option.commands) ?? []
  demand(
    'an option says how to resolve it',
    commands.some((command) => command.includes('undrift resolve')),
    commands,
  )
  demandSame(
    'nothing is offered yet',
    shown.candidates.filter(({ pushed }) => pushed),
    [],
  )
}

/** Settles the conflict in the work tree that `undrift resolve` makes, as a person with an editor would. */
export async function settleByHand(stage: Stage, tag: string): Promise<void> {
  const resolve = resolveShape.parse(await stage.installation.json('resolve', attemptOf(stage, tag)))
  demandSame(
    '`resolve` names what conflicts',
    resolve.paths.map(({ path, kind }) => [path, kind]),
    [[contested, 'content']],
  )
  demandSame('`resolve` names the patch', resolve.patch.subject, 'Raise the limit for our build machines')
  const file = join(resolve.path, contested)
  const content = await readFile(file, 'utf8')
  for (const mark of ['<<<<<<<', '|||||||', '=======', '>>>>>>>', 'limit=80', 'limit=100', 'limit=500']) {
    demand(`the work tree shows all three sides of the conflict (${mark})`, content.includes(mark), content)
  }
  const half = await stage.installation.cli('resolve', attemptOf(stage, tag), '--continue')
  demand('`undrift resolve --continue` refuses a file with markers in it', half.code !== 0, half)
  await writeFile(file, settledLimits)
}

/** Demands that the candidate is made of what the person settled; answers its id. */
export async function demandSettled(stage: Stage, shown: Shown, made: UpstreamRelease): Promise<string> {
  demandSame('the patch was resolved', shown.patches[3]?.verdict, 'resolved')
  await demandStack(stage, shown, made)
  const head = await demandCandidate(stage, shown)
  demandSame(
    'the candidate holds what the person made',
    `${await fileAt(stage, head, contested)}\n`,
    settledLimits,
  )
  return head
}

import { attemptOf, release, untilAsked, untilEnded } from '../stage/attempts.ts'
import { demandCandidate, demandRemotes, demandStack } from '../stage/evidence.ts'
import { demand, demandSame } from '../stage/expect.ts'
import type { Scenario } from '../stage/scenario.ts'

const tag = 'v1.1.0'

export const dryRun: Scenario = {
  name: 'dry-run',
  title: 'nothing goes out before a person approves',
  push: false,
  company: 'others',
  async play(stage) {
    const { installation, fork } = stage
    const made = await release(stage, tag, 'clean')
    const asked = await untilAsked(stage, tag, 'approval')
    demand('the candidate is known', asked.head !== null, asked)
    demand(
      'every check is green before the question',
      asked.checks.every(({ exitCode }) => exitCode === 0),
      asked.checks,
    )
    demandSame(
      'nothing is pushed yet',
      asked.candidates.filter(({ pushed }) => pushed),
      [],
    )
    await demandRemotes(stage, {})

    const run = await installation.cli('run', fork, tag)
    demandSame('`undrift run` on a waiting attempt ends with 3', run.code, 3)
    const inbox = await installation.cli('inbox')
    demand('`undrift inbox` lists the question', inbox.stdout.includes(attemptOf(stage, tag)), inbox)

    const approved = await installation.cli('approve', `${fork}@${tag}`)
    demandSame('`undrift approve` is taken', approved.code, 0)
    const shown = await untilEnded(stage, tag, 'changed', asked)
    demandSame('what was approved is what was pushed', shown.head, asked.head)
    const head = await demandCandidate(stage, shown)
    await demandStack(stage, shown, made)
    return { tags: [tag], candidates: { [tag]: head }, maintained: stage.maintained }
  },
}

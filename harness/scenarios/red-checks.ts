import { attemptOf, release, untilAsked, untilEnded } from '../stage/attempts.ts'
import { demandCandidate, demandRemotes, demandStack, demandTreeOfRebase } from '../stage/evidence.ts'
import { demand, demandSame } from '../stage/expect.ts'
import type { Scenario } from '../stage/scenario.ts'
import { purposeOfJson } from '../world/releases.ts'
import { commitToFork } from '../world/repositories.ts'

const tag = 'v1.1.0'

export const redChecks: Scenario = {
  name: 'red-checks',
  title: 'red checks, retried once the cause is gone',
  push: true,
  company: 'others',
  async play(stage) {
    const { installation, repositories } = stage
    const made = await release(stage, tag, 'red-checks')
    const asked = await untilAsked(stage, tag, 'checks-red')
    demandSame(
      'the check that is red is shown',
      asked.checks.map(({ command, exitCode }) => [command, exitCode]),
      [['sh check.sh', 1]],
    )
    const evidence = JSON.stringify(asked.intervention)
    demand(
      'the question carries what the check said',
      evidence.includes('does not say its purpose'),
      asked.intervention,
    )
    await demandRemotes(stage, {})

    const again = await installation.cli('retry', attemptOf(stage, tag))
    demandSame('`undrift retry` is taken', again.code, 0)
    const askedAgain = await untilAsked(stage, tag, 'checks-red', asked)
    await demandRemotes(stage, {})

    const maintained = await commitToFork(repositories, purposeOfJson)
    const retried = await installation.cli('retry', attemptOf(stage, tag), '--from', 'fetch')
    demandSame('`undrift retry --from fetch` is taken', retried.code, 0)
    const shown = await untilEnded(stage, tag, 'changed', askedAgain)
    demandSame('the stack now has the sixth patch', shown.patches.at(-1)?.oid, maintained)
    const head = await demandCandidate(stage, shown, maintained)
    await demandStack(stage, shown, made)
    await demandTreeOfRebase(stage, head, tag)
    return { tags: [tag], candidates: { [tag]: head }, maintained }
  },
}

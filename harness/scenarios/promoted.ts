import { z } from 'zod'
import { attemptOf, release, untilEnded } from '../stage/attempts.ts'
import { demandCandidate, demandRemotes, demandStack } from '../stage/evidence.ts'
import { demandSame } from '../stage/expect.ts'
import { movesOf } from '../stage/invariants.ts'
import type { Scenario } from '../stage/scenario.ts'
import { maintainedRef } from '../world/repositories.ts'

const promotion = z.looseObject({
  version: z.literal(1),
  backups: z.array(z.object({ remote: z.string(), ref: z.string() })),
})

export const promoted: Scenario = {
  name: 'promoted',
  title: 'a person moves the maintained branch to the candidate, and the next release starts there',
  push: true,
  company: 'others',
  async play(stage) {
    const { installation, repositories, maintained } = stage
    const first = await release(stage, 'v1.1.0', 'clean')
    const shown = await untilEnded(stage, 'v1.1.0', 'changed')
    const head = await demandCandidate(stage, shown)
    await demandStack(stage, shown, first)

    const answer = promotion.parse(await installation.json('promote', attemptOf(stage, 'v1.1.0'), '--yes'))
    demandSame(
      'both remotes keep a backup',
      answer.backups.map(({ remote }) => remote),
      ['origin', 'mirror'],
    )
    const backups = Object.fromEntries(answer.backups.map(({ ref }) => [ref, maintained]))
    await demandRemotes(stage, { 'v1.1.0': head }, { maintained: head, besides: backups })
    for (const remote of Object.values(repositories.remotes)) {
      const moves = await movesOf(remote, maintainedRef)
      demandSame('the maintained branch was moved once, from where it was', moves.slice(1), [
        [maintained, head],
      ])
    }

    const second = await release(stage, 'v1.2.0', 'small')
    const next = await untilEnded(stage, 'v1.2.0', 'changed')
    demandSame('the stack now stands on the first release', next.base, first.commit)
    demandSame('and the branch is said to stand on it', next.standsOn, 'v1.1.0')
    await demandStack(stage, next, second)
    const candidates = { 'v1.1.0': head, 'v1.2.0': next.head ?? '' }
    return { tags: ['v1.1.0', 'v1.2.0'], candidates, maintained: head, besides: backups }
  },
}

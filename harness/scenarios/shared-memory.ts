import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { attemptOf, release, untilAsked, untilEnded } from '../stage/attempts.ts'
import { demandSettled, demandStoppedAtLimit, settleByHand } from '../stage/conflicts.ts'
import { demandCandidate, demandStack } from '../stage/evidence.ts'
import { demandSame } from '../stage/expect.ts'
import { demandRecorded } from '../stage/recorded.ts'
import type { Scenario, Stage } from '../stage/scenario.ts'
import { upstreamName } from '../world/config.ts'
import { git } from '../world/git.ts'

const patience = 30_000
const [first, second] = ['v1.1.0', 'v1.2.0']

export const sharedMemory: Scenario = {
  name: 'shared-memory',
  title: 'a machine that knows nothing uses what another one published',
  push: true,
  ledger: true,
  company: 'others',
  async play(stage) {
    const { installation } = stage
    const made = await release(stage, first, 'conflicting')
    const asked = await untilAsked(stage, first, 'conflict')
    demandStoppedAtLimit(asked)
    await settleByHand(stage, first)
    await installation.cli('resolve', attemptOf(stage, first), '--continue')
    const shown = await untilEnded(stage, first, 'changed', asked)
    const head = await demandSettled(stage, shown, made)
    await demandRecorded(stage, first, shown)
    await demandPublished(stage, 1)

    // Another machine: its mirror begins empty.
    await rm(join(installation.data, 'mirrors', `${upstreamName(stage.fork)}.git`), { recursive: true })
    const next = await release(stage, second, 'small')
    const unasked = await untilEnded(stage, second, 'changed')
    demandSame('what was settled there is reused', unasked.patches[3]?.verdict, 'reused')
    await demandStack(stage, unasked, next)
    await demandCandidate(stage, unasked, stage.maintained, { [first]: head })
    const { resolutions } = await demandRecorded(stage, second, unasked)
    demandSame(
      'and its ledger says who settled it',
      resolutions.map(({ by }) => by),
      ['fay'],
    )
    await demandPublished(stage, 2)
    return {
      tags: [first, second],
      candidates: { [first]: head, [second]: unasked.head ?? '' },
      maintained: stage.maintained,
    }
  },
}

/** Demands that both remotes hold the same ledger, with so many attempts, and the one resolution. */
async function demandPublished({ fork, repositories }: Stage, attempts: number): Promise<void> {
  const tips = await Promise.all(
    [repositories.remotes.origin, repositories.remotes.mirror].map(async (remote) => {
      const ledger = `refs/undrift/ledger/${fork}/main`
      // The entry is in the mirror a moment before it is on the remotes.
      for (const deadline = Date.now() + patience; Date.now() < deadline; await pause(500)) {
        const there = await git(remote, ['for-each-ref', '--format=%(objectname)', ledger])
        if (there !== '' && (await git(remote, ['rev-list', '--count', there])) === `${attempts}`) break
      }
      const refs = await git(remote, ['for-each-ref', '--format=%(refname)', 'refs/undrift'])
      demandSame(
        'the remote holds the ledger and the resolution',
        refs.split('\n').map((ref) => ref.replace(/[0-9a-f]{64}$/, 'KEY')),
        [ledger, 'refs/undrift/resolutions/KEY'],
      )
      demandSame(
        'the published ledger tells of every attempt',
        await git(remote, ['rev-list', '--count', ledger]),
        `${attempts}`,
      )
      return git(remote, ['rev-parse', ledger])
    }),
  )
  demandSame('the ledger is the same on both remotes', tips[0], tips[1])
}

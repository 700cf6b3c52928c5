import { attemptOf, release, untilAsked, untilEnded } from '../stage/attempts.ts'
import { demandCandidate, demandRemotes } from '../stage/evidence.ts'
import { demand, demandSame } from '../stage/expect.ts'
import { demandRecorded } from '../stage/recorded.ts'
import type { Scenario } from '../stage/scenario.ts'

export const signedTags: Scenario = {
  name: 'signed-tags',
  title: 'releases that must be signed: signed, unsigned, and signed by somebody else',
  push: true,
  signed: true,
  company: 'others',
  async play(stage) {
    const { installation, fork } = stage
    await release(stage, 'v1.1.0', 'clean', { signer: 'uma' })
    const signed = await untilEnded(stage, 'v1.1.0', 'changed')
    demand('`show` names the signer', signed.signer?.includes('uma@upstream.example') ?? false, signed.signer)
    const first = await demandCandidate(stage, signed)
    await demandRecorded(stage, 'v1.1.0', signed)

    await release(stage, 'v1.2.0', 'small')
    const unsigned = await untilAsked(stage, 'v1.2.0', 'tag-signature')
    const question = unsigned.intervention?.question ?? ''
    demand('it is asked about a tag that is not signed', question.includes('no signature'), question)
    demandSame('`undrift run` ends with 7', (await installation.cli('run', fork, 'v1.2.0')).code, 7)
    await demandRemotes(stage, { 'v1.1.0': first })
    demandSame(
      '`undrift skip` is taken',
      (await installation.cli('skip', attemptOf(stage, 'v1.2.0'))).code,
      0,
    )
    await untilEnded(stage, 'v1.2.0', 'skipped', unsigned)

    await release(stage, 'v1.3.0', 'small', { signer: 'mallory' })
    const strange = await untilAsked(stage, 'v1.3.0', 'tag-signature')
    const evidence = (strange.intervention?.evidence ?? []).join('\n')
    demand('the keys that are named are shown', evidence.includes('uma@upstream.example'), evidence)
    await demandRemotes(stage, { 'v1.1.0': first })
    const approved = await installation.cli('approve', attemptOf(stage, 'v1.3.0'))
    demandSame('`undrift approve` lets it go', approved.code, 0)
    const shown = await untilEnded(stage, 'v1.3.0', 'changed', strange)
    const head = await demandCandidate(stage, shown, stage.maintained, { 'v1.1.0': first })
    const { decisions } = await demandRecorded(stage, 'v1.3.0', shown)
    demandSame(
      'the ledger keeps that a person did without',
      decisions.map(({ name, letGo }) => [name, letGo?.need]),
      [['approve', 'tag-signature']],
    )
    const candidates = { 'v1.1.0': first, 'v1.3.0': head }
    return { tags: ['v1.1.0', 'v1.2.0', 'v1.3.0'], candidates, maintained: stage.maintained }
  },
}

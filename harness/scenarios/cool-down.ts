import { release, untilEnded } from '../stage/attempts.ts'
import { demandCandidate, demandStack } from '../stage/evidence.ts'
import { demand, demandSame } from '../stage/expect.ts'
import { untilReleaseIs } from '../stage/release-states.ts'
import type { Scenario } from '../stage/scenario.ts'
import { makeRelease } from '../world/repositories.ts'

export const coolDown: Scenario = {
  name: 'cool-down',
  title: 'a release that is too young waits, and a security release goes at once',
  push: true,
  choosing: { minimumAge: '1d', security: '^v1\\.2\\.' },
  company: 'others',
  async play(stage) {
    const young = await makeRelease(stage.repositories, 'v1.1.0', 'clean')
    stage.feed.announce({ ...young, publishedAt: new Date().toISOString() })
    const why = await untilReleaseIs(stage, 'v1.1.0', 'waiting')
    demand('it says what it waits for, and until when', /^minimum age: 1d, until 20/.test(why), why)
    const made = await release(stage, 'v1.2.0', 'small')
    const shown = await untilEnded(stage, 'v1.2.0', 'changed')
    await demandStack(stage, shown, made)
    const head = await demandCandidate(stage, shown)
    const { attempts } = await stage.installation.status()
    const started = attempts.filter(({ fork }) => fork === stage.fork).map(({ tag }) => tag)
    demandSame('nothing else was started', started, ['v1.2.0'])
    return { tags: ['v1.2.0'], candidates: { 'v1.2.0': head }, maintained: stage.maintained }
  },
}

import { randomUUID } from 'node:crypto'
import { release, untilEnded } from '../stage/attempts.ts'
import { demandCandidate, demandStack } from '../stage/evidence.ts'
import { demand, demandSame } from '../stage/expect.ts'
import type { Scenario, Stage } from '../stage/scenario.ts'
import { demandOneAttempt, type Forge, startForge } from '../stage/triggers.ts'

const tag = 'v1.1.0'
const deliveries = 20
const gapMilliseconds = 10_000

export const byWebhook: Scenario = {
  name: 'by-webhook',
  title: 'a release that signed webhooks announce, among forged ones',
  push: true,
  poll: '1h',
  webhook: true,
  company: 'others',
  async play(stage) {
    const made = await release(stage, tag, 'small')
    const forge = await startForge(stage)
    await demandNoPollFor(stage, forge)
    await demandFewPollsFor(stage, forge)
    const shown = await untilEnded(stage, tag, 'changed')
    await demandStack(stage, shown, made)
    await demandOneAttempt(stage, tag)
    await forge.end()
    return {
      tags: [tag],
      candidates: { [tag]: await demandCandidate(stage, shown) },
      maintained: stage.maintained,
    }
  },
}

/** Forged deliveries are refused, and the feed is left alone. */
async function demandNoPollFor(stage: Stage, forge: Forge): Promise<void> {
  const before = stage.feed.counts().requests
  const forged = await Promise.all([1, 2, 3].map(() => forge.send({ id: randomUUID(), secret: 'guessed' })))
  demandSame('forged webhooks are refused', forged, [401, 401, 401])
  demandSame('forged webhooks make no poll', stage.feed.counts().requests, before)
}

/** One delivery that comes twice, and many at once, become a few polls. */
async function demandFewPollsFor(stage: Stage, forge: Forge): Promise<void> {
  const began = Date.now()
  const before = stage.feed.counts().requests
  const id = randomUUID()
  demandSame('a signed webhook is taken', await forge.send({ id }), 202)
  demandSame('the same delivery is known', await forge.send({ id }), 200)
  const more = await Promise.all(Array.from({ length: deliveries }, () => forge.send({ id: randomUUID() })))
  demandSame('more webhooks are taken', more, Array(deliveries).fill(202))
  const most = 2 + Math.ceil((Date.now() - began) / gapMilliseconds)
  const polls = stage.feed.counts().requests - before
  demand(`${deliveries + 1} webhooks make at most ${most} polls`, polls <= most, polls)
}

import { setTimeout as pause } from 'node:timers/promises'
import { Unmet } from './expect.ts'
import type { Stage } from './scenario.ts'

const patience = 60_000

/** Waits until the feed was asked this often from now on. */
export async function untilPolled({ feed }: Stage, times: number): Promise<void> {
  const enough = feed.counts().requests + times
  const deadline = Date.now() + patience
  while (feed.counts().requests < enough) {
    if (Date.now() > deadline) throw new Unmet(`the feed is polled ${times} times within a minute`, '')
    await pause(100)
  }
}

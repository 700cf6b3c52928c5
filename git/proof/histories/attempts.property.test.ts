import { describe, expect, it } from 'vitest'
import { playAttempts } from './attempt-testing.ts'
import { scriptOf } from './script-testing.ts'
import { renderPlayed } from './tally-testing.ts'

/** The day, so that every run of a day plays the same histories, and every day others. */
const seed = process.env.UNDRIFT_HISTORIES_SEED ?? new Date().toISOString().slice(0, 10)
const count = Number(process.env.UNDRIFT_HISTORY_ATTEMPTS ?? 100)

describe('an attempt on any history', { timeout: 900_000 }, () => {
  it('loses no word either, resumed after a conflict and on the next release with what was settled', async () => {
    const scripts = Array.from({ length: count }, (_, index) => scriptOf(`attempt ${seed}/${index}`))
    const played = await playAttempts(scripts)
    const broken = played.flatMap(({ first, next }) =>
      [first, next].filter(({ breaches }) => breaches.length > 0).map(renderPlayed),
    )
    expect(broken.join('\n\n')).toBe('')
    const sum = (numbers: readonly number[]) => numbers.reduce((one, two) => one + two, 0)
    const settled = sum(played.map((each) => each.settled))
    expect(settled).toBeGreaterThan(count / 10)
    expect(sum(played.map((each) => each.reused))).toBeGreaterThanOrEqual(settled / 2)
  })
})

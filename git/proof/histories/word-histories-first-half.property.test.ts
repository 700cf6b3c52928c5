import { describe, expect, it } from 'vitest'
import { renderCounts, renderFailures, tallySeed } from './tally-testing.ts'

/** The day, so that every run of a day plays the same histories, and every day others. */
const seed = process.env.UNDRIFT_HISTORIES_SEED ?? new Date().toISOString().slice(0, 10)
/** Half of them; the other file beside this one plays the other half, on the other core. */
const count = Number(process.env.UNDRIFT_HISTORIES ?? 2_000) / 2
const from = 0

describe('any history in which every line is a word of its own', () => {
  it('comes to a result in which no word is lost, back or doubled, and to verdicts that are true', {
    timeout: 900_000,
  }, async () => {
    const tally = await tallySeed(seed, count, { from })
    process.stdout.write(
      `${count} histories of the seed ${seed}, from number ${from}:\n${renderCounts(tally)}\n`,
    )
    expect(await renderFailures(tally)).toBe('')
    const asked = tally.asked.filter((played) => played.asked === 'nothing-taken')
    expect(asked.map(({ history }) => history.script.seed)).toEqual([])
  })
})

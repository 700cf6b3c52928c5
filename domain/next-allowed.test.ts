import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { nextAllowed } from './next-allowed.ts'
import { parseQuietHours, type QuietHours } from './quiet-hours.ts'

const minute = 60_000
const zones = ['UTC', 'Europe/Berlin', 'America/New_York', 'Australia/Lord_Howe', 'Asia/Kathmandu']

function rules(...texts: readonly string[]): readonly QuietHours[] {
  return texts.map((text) => {
    const read = parseQuietHours(text)
    if (read === null) throw new Error(`not quiet hours: ${text}`)
    return read
  })
}

function next(moment: string, ...texts: readonly string[]): string | null {
  const found = nextAllowed(Date.parse(moment), rules(...texts))
  return found === null ? null : new Date(found).toISOString().replace('.000Z', 'Z')
}

/** Another way to the same answer: the clock on the wall in words, as the runtime prints it. */
function isQuiet(moment: number, rule: QuietHours): boolean {
  const words = new Intl.DateTimeFormat('en-GB', {
    timeZone: rule.zone,
    weekday: 'short',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  }).format(moment)
  const [, name = '', hour = '', minutes = ''] = /^(\w{3}),? (\d\d):(\d\d)$/.exec(words) ?? []
  const today = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'].indexOf(name)
  const time = Number(hour) * 60 + Number(minutes)
  const within = rule.days.includes(today) && time >= rule.from && (rule.from > rule.to || time < rule.to)
  const after = rule.from > rule.to && rule.days.includes((today + 6) % 7) && time < rule.to
  return within || after
}

describe('the next allowed moment', () => {
  it.each([
    // Without rules, and outside of them, at once.
    ['2026-05-01T12:00:00Z', [], '2026-05-01T12:00:00Z'],
    ['2026-05-01T21:59:59Z', ['22:00-06:00'], '2026-05-01T21:59:59Z'],
    // Across midnight, from both sides of it.
    ['2026-05-01T22:00:00Z', ['22:00-06:00'], '2026-05-02T06:00:00Z'],
    ['2026-05-02T05:59:59Z', ['22:00-06:00'], '2026-05-02T06:00:00Z'],
    // The night that began on Friday goes on into Saturday; Saturday's own evening is free.
    ['2026-05-02T01:00:00Z', ['Fri 22:00-06:00'], '2026-05-02T06:00:00Z'],
    ['2026-05-02T23:00:00Z', ['Fri 22:00-06:00'], '2026-05-02T23:00:00Z'],
    // 08:00 to 18:00 in Berlin's summer.
    ['2026-05-01T06:00:00Z', ['Mon-Fri 08:00-18:00 Europe/Berlin'], '2026-05-01T16:00:00Z'],
    ['2026-05-02T06:00:00Z', ['Mon-Fri 08:00-18:00 Europe/Berlin'], '2026-05-02T06:00:00Z'],
    // One after the other.
    ['2026-05-01T17:00:00Z', ['Mon-Fri 08:00-18:00', '18:00-20:00', 'Sat,Sun'], '2026-05-01T20:00:00Z'],
    ['2026-05-01T23:00:00Z', ['22:00-24:00', 'Sat,Sun'], '2026-05-04T00:00:00Z'],
    // The clock goes forward at 01:00Z: 02:00 to 03:00 is left out, so the quiet ends an hour earlier.
    ['2026-03-28T23:00:00Z', ['22:00-06:00 Europe/Berlin'], '2026-03-29T04:00:00Z'],
    ['2026-03-29T00:30:00Z', ['01:00-02:30 Europe/Berlin'], '2026-03-29T01:00:00Z'],
    ['2026-03-29T01:00:00Z', ['02:10-02:40 Europe/Berlin'], '2026-03-29T01:00:00Z'],
    // The clock goes back at 01:00Z: 02:00 to 03:00 comes twice.
    ['2026-10-24T21:00:00Z', ['22:00-06:00 Europe/Berlin'], '2026-10-25T05:00:00Z'],
    ['2026-10-25T00:10:00Z', ['02:00-02:30 Europe/Berlin'], '2026-10-25T00:30:00Z'],
    ['2026-10-25T01:10:00Z', ['02:00-02:30 Europe/Berlin'], '2026-10-25T01:30:00Z'],
    // Half an hour is what Lord Howe's clock is set by.
    ['2026-04-04T14:00:00Z', ['00:00-04:00 Australia/Lord_Howe'], '2026-04-04T17:30:00Z'],
    // Samoa has had no 30 December 2011.
    ['2011-12-30T09:00:00Z', ['Thu,Fri Pacific/Apia'], '2011-12-30T10:00:00Z'],
    ['2026-05-01T12:00:00Z', ['00:00-24:00'], null],
    ['2026-05-01T12:00:00Z', ['Mon-Fri', 'Sat,Sun'], null],
  ])('from %s with %j is %s', (moment, texts, expected) => {
    expect(next(moment, ...texts)).toBe(expected)
  })

  it('is allowed, and none before it is', () => {
    const rule = fc.record({
      days: fc.subarray([0, 1, 2, 3, 4, 5, 6], { minLength: 1 }),
      from: fc.integer({ min: 0, max: 1439 }),
      to: fc.integer({ min: 1, max: 1440 }),
      zone: fc.constantFrom(...zones),
    })
    // Around the weekends on which clocks are set, as well as anywhere else.
    const moment = fc.oneof(
      fc.integer({ min: Date.parse('2026-01-01T00:00:00Z'), max: Date.parse('2028-01-01T00:00:00Z') }),
      fc
        .tuple(
          fc.constantFrom('2026-03-08', '2026-03-29', '2026-04-05', '2026-10-04', '2026-10-25', '2026-11-01'),
          fc.integer({ min: -36 * 60, max: 36 * 60 }),
        )
        .map(([day, minutes]) => Date.parse(`${day}T00:00:00Z`) + minutes * minute),
    )
    fc.assert(
      fc.property(moment, fc.array(rule, { maxLength: 3 }), (from, some) => {
        const quiet = some.filter((one) => one.from !== one.to)
        const found = nextAllowed(from, quiet)
        const end = found ?? from + 8 * 24 * 60 * minute
        if (found !== null) expect(quiet.some((one) => isQuiet(found, one))).toBe(false)
        // Clocks are set, and hours begin, on whole minutes: each of them before the answer is quiet.
        for (let at = from; at < end; at = Math.floor(at / minute + 1) * minute) {
          if (!quiet.some((one) => isQuiet(at, one)))
            throw new Error(`${new Date(at).toISOString()} is allowed`)
        }
      }),
      { numRuns: 60 },
    )
  }, 120_000)
})

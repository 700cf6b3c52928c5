import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { describeQuietHours, parseQuietHours, quietHoursProblem } from './quiet-hours.ts'

const everyDay = [0, 1, 2, 3, 4, 5, 6]

describe('quiet hours', () => {
  it.each([
    [
      'Mon-Fri 08:00-18:00 Europe/Berlin',
      { days: [1, 2, 3, 4, 5], from: 480, to: 1080, zone: 'Europe/Berlin' },
    ],
    ['22:00-06:00', { days: everyDay, from: 1320, to: 360, zone: 'UTC' }],
    ['Sat,Sun', { days: [0, 6], from: 0, to: 1440, zone: 'UTC' }],
    ['sat,SUN  Asia/Tokyo', { days: [0, 6], from: 0, to: 1440, zone: 'Asia/Tokyo' }],
    ['Fri-Mon 00:00-24:00', { days: [0, 1, 5, 6], from: 0, to: 1440, zone: 'UTC' }],
    ['Mon,Wed-Thu 18:00-00:00', { days: [1, 3, 4], from: 1080, to: 1440, zone: 'UTC' }],
    ['00:00-24:00', { days: everyDay, from: 0, to: 1440, zone: 'UTC' }],
  ])('reads %s', (text, hours) => {
    expect(parseQuietHours(text)).toEqual(hours)
    expect(quietHoursProblem(text)).toBeNull()
  })

  it.each([
    ['', 'they name neither days nor hours'],
    ['Europe/Berlin', 'they name neither days nor hours'],
    ['Mo-Fr 08:00-18:00', 'the days are: Sun, Mon, Tue, Wed, Thu, Fri, Sat'],
    ['Mon-Tue-Wed', 'the days are: Sun, Mon, Tue, Wed, Thu, Fri, Sat'],
    ['Mon,', 'the days are: Sun, Mon, Tue, Wed, Thu, Fri, Sat'],
    ['8-18', 'the hours are not HH:MM-HH:MM'],
    ['08:00 - 18:00', 'the hours are not HH:MM-HH:MM'],
    ['08:60-18:00', 'there is no such time of day'],
    ['08:00-24:01', 'there is no such time of day'],
    ['24:00-08:00', 'there is no such time of day'],
    ['08:00-08:00', 'they end when they begin; a whole day is 00:00-24:00'],
    ['08:00-18:00 Europe/Atlantis', 'the zone is none that the time zone database has'],
    ['08:00-18:00 Europe/Berlin please', 'there is too much behind the hours'],
  ])('refuses %j and says why', (text, problem) => {
    expect(parseQuietHours(text)).toBeNull()
    expect(quietHoursProblem(text)).toBe(problem)
  })

  it('are described as they are read', () => {
    const hours = fc.record({
      days: fc.subarray(everyDay, { minLength: 1 }),
      from: fc.integer({ min: 0, max: 1439 }),
      to: fc.integer({ min: 1, max: 1440 }),
      zone: fc.constantFrom('UTC', 'Europe/Berlin', 'America/St_Johns', 'Pacific/Apia'),
    })
    fc.assert(
      fc.property(hours, (rule) => {
        fc.pre(rule.from !== rule.to)
        expect(parseQuietHours(describeQuietHours(rule))).toEqual(rule)
      }),
    )
    expect(describeQuietHours({ days: [1, 2, 3, 4, 5, 0], from: 480, to: 1080, zone: 'UTC' })).toBe(
      'Mon-Fri,Sun 08:00-18:00',
    )
  })

  it('are never misread by a text that nobody thought of', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(parseQuietHours(text) === null).toBe(quietHoursProblem(text) !== null)
      }),
    )
  })
})

import { describe, expect, it } from 'vitest'
import {
  describeHold,
  findHold,
  holdOn,
  liveHolds,
  readMoment,
  targetName,
  withHold,
  withoutHold,
} from './hold.ts'
import type { Hold } from './watch.ts'

const now = '2026-05-01T12:00:00Z'

function hold(changes: Partial<Hold> = {}): Hold {
  return {
    fork: null,
    line: null,
    by: 'ann',
    at: '2026-05-01T11:00:00Z',
    until: null,
    reason: '',
    ...changes,
  }
}

describe('a hold', () => {
  it.each([
    ['the upstream', hold(), ['mine/main', 'mine/lts', 'mine-too/main']],
    ['a fork', hold({ fork: 'mine' }), ['mine/main', 'mine/lts']],
    ['a line', hold({ fork: 'mine', line: 'lts' }), ['mine/lts']],
  ])('on %s covers its lines and no others', (_, one, covered) => {
    const lines = ['mine/main', 'mine/lts', 'mine-too/main'] as const
    expect(lines.filter((line) => holdOn([one], line, now) !== null)).toEqual(covered)
  })

  it('ends by itself at its moment, and never without one', () => {
    const pause = hold({ until: now })
    expect(holdOn([pause], 'mine/main', '2026-05-01T11:59:59Z')).toBe(pause)
    expect(holdOn([pause], 'mine/main', now)).toBeNull()
    expect(liveHolds([pause, hold({ fork: 'mine' })], '2030-01-01T00:00:00Z')).toEqual([
      hold({ fork: 'mine' }),
    ])
  })

  it('of several, the one that lasts longest is what a line waits for', () => {
    const short = hold({ until: '2026-05-02T00:00:00Z' })
    const long = hold({ fork: 'mine', until: '2026-05-03T00:00:00+02:00' })
    const open = hold({ fork: 'mine', line: 'main' })
    expect(holdOn([long, short], 'mine/main', now)).toBe(long)
    expect(holdOn([short, long], 'mine/main', now)).toBe(long)
    expect(holdOn([open, short, long], 'mine/main', now)).toBe(open)
    expect(holdOn([short, open], 'mine/main', now)).toBe(open)
  })

  it('gives way to another on the same target and leaves the others alone', () => {
    const other = hold({ fork: 'mine', line: 'main' })
    const longer = hold({ fork: 'mine', until: '2026-06-01T00:00:00Z' })
    const holds = withHold([hold({ fork: 'mine' }), other], longer)
    expect(holds).toEqual([other, longer])
    expect(findHold(holds, { fork: 'mine', line: null })).toBe(longer)
    expect(findHold(holds, { fork: null, line: null })).toBeNull()
    expect(withoutHold(holds, { fork: 'mine', line: null })).toEqual([other])
  })

  it('is told by who, when, until when and why', () => {
    expect(describeHold(hold())).toBe('held by ann since 2026-05-01T11:00:00Z, until it is released')
    expect(describeHold(hold({ until: '2026-06-01T00:00:00Z', reason: 'code freeze' }))).toBe(
      'held by ann since 2026-05-01T11:00:00Z, until 2026-06-01T00:00:00Z: code freeze',
    )
    expect(targetName('up', hold())).toBe('up')
    expect(targetName('up', hold({ fork: 'mine' }))).toBe('mine')
    expect(targetName('up', hold({ fork: 'mine', line: 'lts' }))).toBe('mine/lts')
  })
})

describe('a moment', () => {
  it.each([
    ['2026-12-01', '2026-12-01T00:00:00Z'],
    ['2026-12-01T08:00Z', '2026-12-01T08:00:00Z'],
    ['2026-12-01T08:00:00+01:00', '2026-12-01T07:00:00Z'],
    ['2028-02-29', '2028-02-29T00:00:00Z'],
    ['2026-12-01T08:00:00.000Z', '2026-12-01T08:00:00Z'],
    ['2026-12-01T08:00:00.043Z', '2026-12-01T08:00:01Z'],
    ['2026-12-31T23:59:59.5Z', '2027-01-01T00:00:00Z'],
  ])('is read from %s', (text, moment) => {
    expect(readMoment(text)).toBe(moment)
  })

  it.each([
    '',
    'tomorrow',
    '2026-12',
    '2026-02-30',
    '2026-12-01T08:00',
    '2026-12-01T25:00Z',
    '1',
    '2026-13-01',
  ])('is not guessed from %j', (text) => {
    expect(readMoment(text)).toBeNull()
  })
})

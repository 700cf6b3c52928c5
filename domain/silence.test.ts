import { describe, expect, it } from 'vitest'
import { type Heard, silences } from './silence.ts'

const day = 86_400
const now = Date.parse('2026-05-31T00:00:00Z')
const heard: Heard = {
  since: '2026-01-01T00:00:00Z',
  lastSuccessAt: '2026-05-30T23:50:00Z',
  newsAt: '2026-05-20T00:00:00Z',
  pollSeconds: 600,
  patienceSeconds: day,
  expectSeconds: null,
}

describe('silence', () => {
  it('is none while polls work and nothing is expected', () => {
    expect(silences(heard, now)).toEqual([])
  })

  it('begins a day after the last poll that worked, or after the beginning when none did', () => {
    const since = '2026-05-30T00:00:00Z'
    const lastSuccessAt = '2026-05-30T00:00:01Z'
    expect(silences({ ...heard, lastSuccessAt }, now)).toEqual([])
    expect(silences({ ...heard, lastSuccessAt: since }, now)).toEqual([
      { kind: 'no-poll', since, seconds: day },
    ])
    expect(silences({ ...heard, lastSuccessAt: null, since: lastSuccessAt }, now)).toEqual([])
    expect(silences({ ...heard, lastSuccessAt: null }, now)).toMatchObject([{ since: heard.since }])
  })

  it('begins later for a feed that is polled rarely', () => {
    const rare = { ...heard, pollSeconds: 7 * day, lastSuccessAt: '2026-05-20T00:00:00Z' }
    expect(silences(rare, now)).toEqual([])
    expect(silences(rare, now + 3 * day * 1000)).toMatchObject([{ kind: 'no-poll', seconds: 14 * day }])
  })

  it('begins when a release is overdue', () => {
    expect(silences({ ...heard, expectSeconds: 12 * day }, now)).toEqual([])
    expect(silences({ ...heard, expectSeconds: 11 * day }, now)).toEqual([
      { kind: 'no-release', since: '2026-05-20T00:00:00Z', seconds: 11 * day, expectSeconds: 11 * day },
    ])
    const never = { ...heard, newsAt: null, expectSeconds: 60 * day }
    expect(silences(never, now)).toMatchObject([{ kind: 'no-release', since: heard.since }])
  })
})

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  afterFailure,
  afterSuccess,
  freshMemory,
  type PollMemory,
  questionsOf,
  sameQuestions,
} from './poll-memory.ts'

const url = 'https://git.example/up/releases.atom'
const start = Date.parse('2026-05-01T00:00:00Z')
const hour = 3600
const day = 24 * hour

function at(seconds: number): string {
  return new Date(start + seconds * 1000).toISOString()
}

function failed(memory: PollMemory, reason: string, seconds: number): PollMemory {
  return afterFailure(memory, { reason, message: `${reason} again` }, { at: at(seconds), nextSeconds: hour })
}

function asked(memory: PollMemory) {
  return questionsOf(memory, { url, patienceSeconds: day })
}

describe('what polls leave behind', () => {
  it('counts failures in a row, and keeps when the first one was and why the last one', () => {
    const good = afterSuccess(freshMemory, at(0))
    const twice = failed(failed(good, 'feed-timeout', 10), 'feed-http-503', 20)
    expect(twice).toMatchObject({
      lastSuccessAt: at(0),
      failures: 2,
      firstFailureAt: at(10),
      lastFailure: { reason: 'feed-http-503', message: 'feed-http-503 again' },
      gone: null,
    })
    expect(afterSuccess(twice, at(30))).toEqual({ ...freshMemory, lastSuccessAt: at(30) })
  })

  it('asks about a feed that is gone for more than a day, and no more when it is back', () => {
    let memory = afterSuccess(freshMemory, at(0))
    for (let hours = 1; hours <= 24; hours++) {
      memory = failed(memory, hours % 2 === 0 ? 'feed-http-404' : 'feed-http-410', hours * hour)
      expect(asked(memory)).toEqual([])
    }
    memory = failed(memory, 'feed-http-404', 25 * hour)
    expect(asked(memory)).toEqual([{ kind: 'feed-gone', since: at(hour), url }])
    expect(asked(afterSuccess(memory, at(26 * hour)))).toEqual([])
  })

  it('asks at once about a feed that has moved for good, and keeps since when', () => {
    const to = 'https://git.example/new/releases.atom'
    const moved = afterSuccess(afterSuccess(freshMemory, at(0), { movedTo: to }), at(60), { movedTo: to })
    expect(asked(moved)).toEqual([{ kind: 'feed-moved', since: at(0), url, to }])
    expect(asked(failed(moved, 'feed-timeout', 120))).toEqual(asked(moved))
    expect(asked(afterSuccess(moved, at(180)))).toEqual([])
  })

  it('does not let another failure in between set the clock back, nor count for it', () => {
    let memory = failed(freshMemory, 'feed-http-404', 0)
    for (let hours = 1; hours <= 48; hours++) memory = failed(memory, 'feed-unreachable', hours * hour)
    expect(asked(memory)).toEqual([])
    for (let hours = 49; hours <= 72; hours++) memory = failed(memory, 'feed-http-404', hours * hour)
    expect(asked(memory)).toEqual([{ kind: 'feed-gone', since: at(0), url }])
  })

  it('is not deceived by a clock that jumps, whichever way and how often it polls', () => {
    const jump = fc.integer({ min: -400 * day, max: 400 * day })
    const before = fc.integer({ min: 0, max: 8 })
    fc.assert(
      fc.property(before, before, jump, (first, second, seconds) => {
        let memory = freshMemory
        for (let hours = 0; hours <= first; hours++) memory = failed(memory, 'feed-http-404', hours * hour)
        for (let hours = 0; hours <= second; hours++)
          memory = failed(memory, 'feed-http-404', first * hour + seconds + hours * hour)
        // At most 16 hours were polled through, and the jump counts for two at most.
        expect(asked(memory)).toEqual([])
        expect(memory.gone?.seconds).toBeLessThanOrEqual((first + second + 2) * hour)
      }),
    )
  })

  it('tells whether a question is the same as before', () => {
    const gone = { kind: 'feed-gone', since: at(0), url } as const
    const moved = { kind: 'feed-moved', since: at(0), url, to: 'https://a.example/' } as const
    expect(sameQuestions([gone, moved], [moved, { ...gone, since: at(5) }])).toBe(true)
    expect(sameQuestions([moved], [{ ...moved, to: 'https://b.example/' }])).toBe(false)
    expect(sameQuestions([], [gone])).toBe(false)
  })
})

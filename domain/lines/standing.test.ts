import { describe, expect, it } from 'vitest'
import { freshMemory } from '../poll-memory.ts'
import { type Hold, type LineKey, nothingKnown, type WatchKnowledge } from '../watch.ts'
import { standingOf, watchNeed } from './standing.ts'
import { pin, rulesOf } from './testing.ts'

const now = '2026-05-01T12:00:00Z'
const hold: Hold = { fork: null, line: null, by: 'ann', at: now, until: null, reason: 'code freeze' }

function standing(known: Partial<WatchKnowledge>, lines: readonly LineKey[] = ['mine/main']) {
  const more = { rules: [rulesOf({ lines })], now, polls: freshMemory } as const
  return standingOf({ ...nothingKnown, ...known }, { pollSeconds: 600 }, more)
}

function linesOf(count: number, waiting: readonly string[]): WatchKnowledge['lines'] {
  const line = { standsOn: 'v1.0.0', waiting }
  return Object.fromEntries(Array.from({ length: count }, (_, index) => [`fork-${index}/main`, line]))
}

const noticed = { tag: 'v2.0.0', publishedAt: null, url: null, since: now, security: false }

describe('what a watch shows of itself', () => {
  it('is what stands and waits with every pin that fits, and without holds that are over', () => {
    const shown = standing({
      lines: { 'mine/main': { standsOn: 'v1.0.0', waiting: ['v2.0.0'] } },
      releases: [noticed],
      pins: [pin('v1.0.0'), pin('v2.0.0')],
      skippedAtFirst: 9_999,
      holds: [hold, { ...hold, fork: 'mine', until: now }],
    })
    expect(shown).toMatchObject({
      known: { pins: [pin('v1.0.0'), pin('v2.0.0')], holds: [hold], skippedAtFirst: 9_999 },
      rules: [{ lines: ['mine/main'], step: 'latest' }],
      patienceSeconds: 86_400,
      expectSeconds: null,
      left: 'nothing',
    })
    const many = Array.from({ length: 50 }, (_, index) => pin(`v${index}-${'x'.repeat(300)}`))
    expect(standing({ pins: many }).known.pins).toEqual([])
    expect(shown.known.holds).toHaveLength(1)
  })

  it.each([
    [100, 'nothing'],
    [200, 'waiting'],
    [5000, 'lines'],
  ])('has a bounded size with %i lines, and says what it leaves out', (count, left) => {
    const names = Array.from({ length: count }, (_, index): LineKey => `fork-${index}/main`)
    const waiting = ['v2.0.0', 'v2.1.0-with-a-longer-name']
    const shown = standing({ lines: linesOf(count, waiting), releases: [noticed], holds: [hold] }, names)
    expect(shown.left).toBe(left)
    expect(JSON.stringify(shown).length).toBeLessThanOrEqual(16 * 1024)
    expect(shown.known.holds).toEqual([hold])
  })

  it('has the size of a memo even with all holds and alarms that there can be', () => {
    const names = Array.from({ length: 5000 }, (_, index): LineKey => `fork-${index}/main`)
    const holds = Array.from({ length: 30 }, (_, index) => ({
      ...hold,
      fork: `fork-${index}`,
      reason: 'x'.repeat(120),
    }))
    const alarms = Array.from({ length: 20 }, (_, index) => {
      return { tag: `v${index}`, before: pin(`v${index}`), after: pin(`v${index}`, 'b'), at: now }
    })
    const shown = standing({ lines: linesOf(5000, []), holds, alarms }, names)
    expect(JSON.stringify(shown).length).toBeLessThanOrEqual(16 * 1024)
    expect(shown.known.alarms).toHaveLength(5)
  })

  it('names the need of a person, an alarm before a question', () => {
    const question = { kind: 'feed-gone', since: now, url: 'https://git.example/' } as const
    const alarm = { tag: 'v1.0.0', before: pin('v1.0.0'), after: null, at: now }
    expect(watchNeed(null)).toBeNull()
    expect(watchNeed({ alarms: [], questions: [] })).toBeNull()
    expect(watchNeed({ alarms: [], questions: [question] })).toBe('feed-gone')
    expect(watchNeed({ alarms: [alarm], questions: [question] })).toBe('tag-moved')
  })
})

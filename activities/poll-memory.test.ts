import { describe, expect, it } from 'vitest'
import { freshMemory } from '../domain/poll-memory.ts'
import { isWorthTelling, type PollHeartbeat } from './poll-memory.ts'

const told: PollHeartbeat = {
  ...freshMemory,
  lastSuccessAt: '2026-01-01T09:00:00.000Z',
  cursor: { etag: '"a"', lastModified: null },
  feedAt: '2026-01-01T09:05:10.000Z',
  lookedAt: '2026-01-01T08:00:00.000Z',
}
const later: PollHeartbeat = {
  ...told,
  lastSuccessAt: '2026-01-01T09:05:10.000Z',
  feedAt: '2026-01-01T09:10:25.000Z',
}
const idle = { nextSeconds: 315, restSeconds: 315, patienceSeconds: 24 * 60 * 60 }

describe('what a poll leaves for the next', () => {
  it('is written down by the first one, and not again while the feed stays as it is', () => {
    expect(isWorthTelling(null, told, idle)).toBe(true)
    expect(isWorthTelling(told, later, idle)).toBe(false)
    expect(isWorthTelling(JSON.parse(JSON.stringify(told)), later, idle)).toBe(false)
  })

  it.each([
    ['another validator', { cursor: { etag: '"b"', lastModified: null } }],
    ['no validator', { cursor: null }],
    ['a failure', { failures: 1, firstFailureAt: '2026-01-01T09:05:10.000Z' }],
    ['a new address', { moved: { to: 'https://example.org/new', since: '2026-01-01T09:05:10.000Z' } }],
    ['a look at the tags', { lookedAt: '2026-01-01T09:05:10.000Z' }],
  ])('is written down for %s', (_, change: Partial<PollHeartbeat>) => {
    expect(isWorthTelling(told, { ...later, ...change }, idle)).toBe(true)
  })

  it('is written down when a release is due before the feed is to be read', () => {
    expect(isWorthTelling(told, later, { ...idle, nextSeconds: 30 })).toBe(true)
    expect(isWorthTelling(later, later, { ...idle, nextSeconds: 30 })).toBe(false)
  })

  it('says to a tenth of the patience when the feed was heard of last', () => {
    const hoursLater = { ...later, lastSuccessAt: '2026-01-01T12:00:00.000Z' }
    expect(isWorthTelling(told, hoursLater, idle)).toBe(true)
    expect(isWorthTelling(told, hoursLater, { ...idle, patienceSeconds: 7 * 24 * 60 * 60 })).toBe(false)
    expect(isWorthTelling({ ...told, lastSuccessAt: null }, later, idle)).toBe(true)
  })
})

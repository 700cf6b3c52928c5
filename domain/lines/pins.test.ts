import { describe, expect, it } from 'vitest'
import { nothingKnown } from '../watch.ts'
import { acceptMovedTag, comparePins } from './pins.ts'
import { pin, repositoryOf } from './testing.ts'

const at = '2026-11-21T12:00:00Z'
const known = { ...nothingKnown, pins: [pin('v1'), pin('v2')] }

describe('what was seen first', () => {
  it('stays as it is, and what is new is added', () => {
    const tags = repositoryOf(['v1', 'v2', 'v3', 'v4'])
    expect(comparePins(known, tags, { wanted: ['v1'], at })).toBe(known)
    expect(comparePins(known, tags, { wanted: ['v3', 'v3', 'v9'], at }).pins).toEqual([
      pin('v1'),
      pin('v2'),
      pin('v3'),
    ])
  })

  it('is held against what the repository has now: a tag that moved or is gone is an alarm, told once', () => {
    const tags = new Map([['v2', pin('v2', 'b')]])
    const alarmed = comparePins(known, tags, { wanted: [], at })
    expect(alarmed.pins).toEqual(known.pins)
    expect(alarmed.alarms).toEqual([
      { tag: 'v1', before: pin('v1'), after: null, at },
      { tag: 'v2', before: pin('v2'), after: pin('v2', 'b'), at },
    ])
    expect(comparePins(alarmed, tags, { wanted: [], at: 'later' })).toBe(alarmed)
    const again = comparePins(alarmed, new Map([['v2', pin('v2', 'c')]]), { wanted: [], at: 'later' })
    expect(again.alarms.at(-1)).toMatchObject({ before: pin('v2'), after: pin('v2', 'c'), at: 'later' })
  })

  it('goes on as an alarm when the tag is back: only a person lets it go', () => {
    const alarmed = comparePins(known, repositoryOf(['v2']), { wanted: [], at })
    expect(comparePins(alarmed, repositoryOf(['v1', 'v2']), { wanted: [], at }).alarms).toHaveLength(1)
  })

  it('is what a person accepts instead, when they name what they saw', () => {
    const alarmed = comparePins(known, new Map([['v2', pin('v2', 'b')]]), { wanted: [], at })
    expect(acceptMovedTag(alarmed, { tag: 'v2', tagObject: 'c'.repeat(40) })).toBeNull()
    expect(acceptMovedTag(alarmed, { tag: 'v3', tagObject: null })).toBeNull()
    const moved = acceptMovedTag(alarmed, { tag: 'v2', tagObject: 'b'.repeat(40) })
    expect(moved).toMatchObject({ pins: [pin('v1'), pin('v2', 'b')], alarms: [{ tag: 'v1' }] })
    const gone = moved && acceptMovedTag(moved, { tag: 'v1', tagObject: null })
    expect(gone).toMatchObject({ pins: [pin('v2', 'b')], alarms: [] })
  })

  it('is at most 50 tags: the oldest go first, and what is wanted stays', () => {
    const names = Array.from({ length: 60 }, (_, index) => `v${index}`)
    const many = comparePins(nothingKnown, repositoryOf(names), { wanted: names.slice(0, 50), at })
    const more = comparePins(many, repositoryOf(names), { wanted: ['v0', ...names.slice(50)], at })
    expect(more.pins.map(({ tag }) => tag)).toEqual(['v0', ...names.slice(11)])
  })
})

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { nothingKnown, type WatchKnowledge } from '../watch.ts'
import { chooseForLines, type LinesInput } from './choose-for-lines.ts'
import { lineReader } from './line-reader.ts'
import { packedBytes } from './packed-knowledge.ts'
import { acceptMovedTag } from './pins.ts'
import { compareSeenTags, readSeenTags } from './seen-tags.ts'
import { noon, pin, releases, repositoryOf, rulesOf } from './testing.ts'

const names = Array.from({ length: 3_000 }, (_, index) => `v1.${index}.0`)
const rules = [rulesOf()]

/** What a watch knows after its first contact with a feed of the newest and a repository of all. */
function firstContact(tags = repositoryOf(names)): WatchKnowledge {
  const input: LinesInput = {
    known: nothingKnown,
    observed: releases('v1.2999.0', 'v1.2998.0'),
    rules,
    now: noon,
    tags,
  }
  return chooseForLines(input).known
}

function look(known: WatchKnowledge, tags: NonNullable<LinesInput['tags']>): WatchKnowledge {
  return chooseForLines({ known, observed: null, rules, now: noon, tags }).known
}

describe('a tag that nothing was started for', () => {
  it('is held to what it was at first contact, as far as it is among the newest', () => {
    const known = firstContact()
    const seen = [...readSeenTags(known.seenTags).keys()]
    expect(seen.length).toBeGreaterThan(500)
    expect(seen).toEqual(names.toReversed().slice(0, seen.length))
    expect(packedBytes(known)).toBeLessThan(60_000)
    expect(look(known, repositoryOf(names))).toBe(known)

    const moved = new Map(repositoryOf(names)).set('v1.2600.0', pin('v1.2600.0', 'b'))
    const alarmed = look(known, moved)
    expect(alarmed.alarms).toMatchObject([
      { tag: 'v1.2600.0', before: { tagObject: 'a'.repeat(40) }, after: pin('v1.2600.0', 'b') },
    ])
    expect(look(alarmed, moved)).toBe(alarmed)
    const accepted = acceptMovedTag(alarmed, { tag: 'v1.2600.0', tagObject: 'b'.repeat(40) })
    expect(accepted?.alarms).toEqual([])
    expect(look(accepted as WatchKnowledge, moved)).toBe(accepted)
    expect(look(accepted as WatchKnowledge, repositoryOf(names)).alarms).toHaveLength(1)
  })

  it('raises the alarm when it is gone, and no more once that was accepted', () => {
    const known = firstContact()
    const without = repositoryOf(names.filter((name) => name !== 'v1.2600.0'))
    const alarmed = look(known, without)
    expect(alarmed.alarms).toMatchObject([{ tag: 'v1.2600.0', after: null }])
    const accepted = acceptMovedTag(alarmed, { tag: 'v1.2600.0', tagObject: null })
    expect(look(accepted as WatchKnowledge, without).alarms).toEqual([])
  })

  it('is no release where no line reads it as a version, and may move', () => {
    const known = firstContact(repositoryOf(['v1.0.0', 'nightly', 'v2.0.0-rc.1']))
    expect([...readSeenTags(known.seenTags).keys()]).toEqual(['v2.0.0-rc.1', 'v1.0.0'])
  })
})

it('keeps whole object ids of either length, and tells a lightweight tag from an annotated one', () => {
  const hex = (length: number) =>
    fc
      .array(fc.integer({ min: 0, max: 15 }), { minLength: length, maxLength: length })
      .map((digits) => digits.map((digit) => digit.toString(16)).join(''))
  const readers = [lineReader({ prefix: 'v', prereleases: true })]
  const ids = fc.oneof(hex(40), hex(64))
  fc.assert(
    fc.property(ids, ids, (tagObject, commit) => {
      const tags = new Map([
        ['v1.0', { tag: 'v1.0', tagObject, commit }],
        ['v1.1', { tag: 'v1.1', tagObject: commit, commit }],
      ])
      const known = compareSeenTags(nothingKnown, tags, { readers, at: '', bytes: 10_000 })
      expect(readSeenTags(known.seenTags)).toEqual(
        new Map([
          ['v1.1', { tag: 'v1.1', tagObject: commit, commit }],
          ['v1.0', { tag: 'v1.0', tagObject, commit: commit === tagObject ? commit : null }],
        ]),
      )
    }),
  )
})

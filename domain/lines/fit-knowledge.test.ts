import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type LineKey, nothingKnown, type WatchKnowledge } from '../watch.ts'
import { chooseForLines, type LinesInput } from './choose-for-lines.ts'
import { fitKnowledge, mostBytes } from './fit-knowledge.ts'
import { packKnowledge, unpackKnowledge } from './packed-knowledge.ts'
import { noon, pin, release, repositoryOf, rulesOf } from './testing.ts'

function bytes(known: WatchKnowledge): number {
  return Buffer.byteLength(JSON.stringify(packKnowledge(known)))
}

/** 500 lines; `groups` of them have rules of their own. */
function manyLines(groups: number) {
  return Array.from({ length: groups }, (_, group) =>
    rulesOf({
      lines: Array.from(
        { length: 500 / groups },
        (_, index): LineKey => `fork-number-${index}/line-${group}`,
      ),
      tags: { prefix: 'v', prereleases: true, range: `<=${group + 1}` },
      minimumAgeSeconds: group % 2 === 0 ? 0 : 86_400,
    }),
  )
}

describe('what a watch knows stays below 64 KB', () => {
  it.each([
    [10_000, 1],
    [10_000, 5],
    [300, 100],
  ])(
    'with %i long tags and 500 lines by %i rules, and nothing starts by itself',
    (count, groups) => {
      const many = Array.from({ length: count }, (_, index) =>
        release(`v${index % 600}.${index}.0-${'x'.repeat(200)}`),
      )
      const rules = manyLines(groups)
      const tags = repositoryOf(many.map(({ tag }) => tag))
      const input: LinesInput = { known: nothingKnown, observed: many, rules, now: noon, tags }
      const first = chooseForLines(input)
      expect(bytes(first.known)).toBeLessThan(65_536)
      expect(first.starts).toEqual([])
      const second = chooseForLines({ ...input, known: first.known, tags: null })
      expect(second.starts).toEqual([])
      // Not by toBe: the difference of two so large would be drawn for minutes.
      expect(second.known === first.known).toBe(true)

      const more = Array.from({ length: 600 }, (_, index) => release(`v${index}.99999.0-${'y'.repeat(200)}`))
      const both = repositoryOf([...many, ...more].map(({ tag }) => tag))
      const next = chooseForLines({ ...input, known: first.known, observed: [...more, ...many], tags: both })
      expect(bytes(next.known)).toBeLessThan(65_536)
      expect(JSON.stringify(unpackKnowledge(packKnowledge(next.known)))).toBe(JSON.stringify(next.known))
    },
    60_000,
  )

  it('forgets what was seen first, and a line only when nothing else is left', () => {
    const tag = (index: number) => `v${index}-${'z'.repeat(150)}`
    const line = (index: number): LineKey => `fork/${index}`
    const numbers = Array.from({ length: 300 }, (_, index) => index)
    const known: WatchKnowledge = {
      ...nothingKnown,
      seen: numbers.map((index) => `seen-${index}`),
      pins: numbers.slice(0, 50).map((index) => pin(tag(index))),
      skipped: [{ tag: 'v0', reason: 'older' }],
      lines: Object.fromEntries(numbers.map((index) => [line(index), { standsOn: tag(index), waiting: [] }])),
    }
    const fitted = fitKnowledge(known)
    expect(bytes(fitted)).toBeLessThanOrEqual(mostBytes)
    expect(fitted.seen.length).toBeLessThan(300)
    expect(Object.values(fitted.lines).filter(({ isLost }) => isLost)).toEqual([])
    const tooMany = numbers.map(
      (index) => [`other/${index}`, { standsOn: tag(index + 300), waiting: [] }] as const,
    )
    const most = fitKnowledge({ ...known, lines: { ...known.lines, ...Object.fromEntries(tooMany) } })
    expect(bytes(most)).toBeLessThanOrEqual(mostBytes)
    expect(most).toMatchObject({ seen: [], skipped: [] })
    expect(Object.values(most.lines).some(({ isLost }) => isLost)).toBe(true)
    expect(Object.values(most.lines).some(({ isLost }) => !isLost)).toBe(true)
  })

  it('starts nothing for a line that is lost, and lets it begin anew when there is room', () => {
    const known: WatchKnowledge = {
      ...nothingKnown,
      seen: ['v1'],
      lines: { 'mine/main': { standsOn: null, waiting: [], isLost: true } },
    }
    const input = { known, rules: [rulesOf()], now: noon, tags: repositoryOf(['v1', 'v2']) }
    expect(chooseForLines({ ...input, observed: null }).known.lines).toEqual(known.lines)
    const choice = chooseForLines({ ...input, observed: [release('v1'), release('v2')] })
    expect(choice.starts).toEqual([])
    expect(choice.known.lines['mine/main']).toEqual({ standsOn: 'v2', waiting: [] })
  })

  it('is the same after it was packed and unpacked', () => {
    const tags = fc.constantFrom('v1', 'v2', 'v3', 'a/b')
    const line = fc.record({ standsOn: fc.option(tags), waiting: fc.uniqueArray(tags) })
    const lines = fc.dictionary(
      fc.stringMatching(/^[a-z]{1,3}\/[a-z]{1,3}$/),
      fc.oneof(line, fc.constant({ standsOn: null, waiting: [], isLost: true })),
    )
    fc.assert(
      fc.property(lines, (some) => {
        const known = { ...nothingKnown, lines: { ...some } }
        expect(unpackKnowledge(packKnowledge(known))).toEqual(known)
      }),
    )
  })
})

import fc from 'fast-check'
import { expect, it } from 'vitest'
import { stepRules } from '../settings.ts'
import { type LineKey, nothingKnown, type WatchKnowledge } from '../watch.ts'
import { chooseForLines } from './choose-for-lines.ts'
import { lineReader } from './line-reader.ts'
import { readSeenTags } from './seen-tags.ts'
import { hour, noon, release, repositoryOf, rulesOf } from './testing.ts'

const hold = { fork: null, line: null, by: 'ann', at: '2026-11-21T10:00:00Z', until: null, reason: '' }

const tagNames = fc.oneof(
  fc.tuple(fc.nat(2), fc.nat(2), fc.nat(2)).map((parts) => `v${parts.join('.')}`),
  fc.constantFrom('nightly', 'v1.1.0-rc.1', 'v1.2', 'x1.0.0'),
)
const entry = fc.record({
  tag: tagNames,
  notes: fc.constantFrom('', 'CVE-1'),
  prerelease: fc.constantFrom(null, false, true),
  publishedAt: fc.constantFrom(null, '2026-11-20T00:00:00Z', '2027-11-20T00:00:00Z', 'never'),
  title: fc.string({ maxLength: 3 }),
})
const poll = fc.record({
  /** Null: the feed says that nothing changed. */
  entries: fc.option(fc.array(entry, { maxLength: 8 })),
  /** Hours; below zero the clock was set back. */
  passed: fc.integer({ min: -30, max: 60 }),
  isHeld: fc.boolean(),
  isBusy: fc.boolean(),
  /** Whether the upstream repository has the tags already. */
  isThere: fc.boolean(),
  isLooked: fc.boolean(),
})
const rules = fc
  .tuple(
    fc.record({
      step: fc.constantFrom(...stepRules),
      minimumAgeSeconds: fc.constantFrom(0, 86_400),
      range: fc.constantFrom('<2', '>=1', '*'),
      prereleases: fc.boolean(),
    }),
    fc.record({
      step: fc.constantFrom(...stepRules),
      minimumAgeSeconds: fc.constantFrom(0, 86_400),
      range: fc.constantFrom('<1', '>=2', '*'),
      prereleases: fc.boolean(),
    }),
  )
  .map((both) =>
    both.map(({ range, prereleases, ...more }, index) =>
      rulesOf({ ...more, lines: [`mine/${index}`], tags: { prefix: 'v', range, prereleases } }),
    ),
  )

it('handles, keeps waiting or leaves out with a reason each release for each line, never twice, and never goes back', () => {
  fc.assert(
    fc.property(rules, fc.array(poll, { minLength: 1, maxLength: 12 }), (groups, polls) => {
      const started = new Map<LineKey, string[]>(groups.map(({ lines: [line] }) => [line as LineKey, []]))
      const stoodThere = new Map<LineKey, Set<string>>()
      const observed = new Set<string>()
      const left = new Set<string>()
      let known: WatchKnowledge = nothingKnown
      let now = noon

      const step = (one: Omit<(typeof polls)[number], 'passed'>) => {
        const feed = one.entries?.map(({ tag, ...more }) => release(tag, more)) ?? null
        const here = one.isThere
          ? [...observed, ...(feed ?? []).map(({ tag }) => tag)]
          : [...known.pins.map(({ tag }) => tag), ...readSeenTags(known.seenTags).keys()]
        const before = known
        const input = {
          known: { ...known, holds: one.isHeld ? [hold] : [] },
          observed: feed,
          rules: groups,
          security: 'CVE-\\d',
          now,
          isBusy: () => one.isBusy,
          tags: one.isLooked ? repositoryOf(here) : null,
        }
        const choice = chooseForLines(input)
        known = choice.known
        for (const {
          release: { tag },
          lines,
        } of choice.starts)
          for (const line of lines) started.get(line)?.push(tag)
        for (const row of known.skipped) {
          for (const line of row.lines ?? groups.flatMap(({ lines }) => lines)) left.add(`${line} ${row.tag}`)
        }
        for (const line of Object.keys(known.lines) as LineKey[]) {
          if (before.lines[line] === undefined) stoodThere.set(line, new Set(feed?.map(({ tag }) => tag)))
        }
        for (const { tag } of feed ?? []) if (known !== nothingKnown) observed.add(tag)
        // The same again, in another order, is no news.
        const again = chooseForLines({
          ...input,
          known: { ...known, holds: input.known.holds },
          observed: feed?.toReversed() ?? null,
          isBusy: () => true,
        })
        const repeated = again.starts.flatMap(({ lines }) => lines)
        expect(
          groups
            .filter(({ step: rule }) => rule === 'latest')
            .flatMap(({ lines }) => lines)
            .filter((line) => repeated.includes(line)),
        ).toEqual([])
      }
      for (const { passed, ...one } of polls) {
        now += passed * hour
        step(one)
      }
      // In the end nothing stands in the way, and time passes.
      for (let round = 0; round < 40; round++) {
        now += 1_000_000 * hour
        step({ entries: null, isHeld: false, isBusy: false, isThere: true, isLooked: true })
      }

      for (const group of groups) {
        const [line] = group.lines as [LineKey]
        const reader = lineReader(group.tags)
        const sent = started.get(line) ?? []
        expect(sent).toEqual([...new Set(sent)].sort(reader.compare))
        for (const tag of observed) {
          const isAccounted =
            stoodThere.get(line)?.has(tag) || sent.includes(tag) || left.has(`${line} ${tag}`)
          expect(isAccounted, `${line} ${tag}`).toBe(true)
        }
        expect(known.lines[line]?.waiting ?? []).toEqual([])
      }
    }),
    { numRuns: 150 },
  )
}, 120_000)

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { chooseNew, takeBaseline } from './choose-release.ts'
import type { FeedRelease } from './release.ts'

const rules = { prefix: 'v', prereleases: false }

function release(tag: string, more: Partial<FeedRelease> = {}): FeedRelease {
  return { tag, title: tag, publishedAt: null, url: null, prerelease: null, ...more }
}

function releases(...tags: readonly string[]): FeedRelease[] {
  return tags.map((tag) => release(tag))
}

function tagsOf(list: readonly { readonly tag: string }[]): string[] {
  return list.map(({ tag }) => tag)
}

describe('first contact', () => {
  it('takes the newest by version, wherever it stands in the feed, and counts the rest', () => {
    const first = takeBaseline({
      releases: releases('v1.2.0', 'v1.10.0', 'v1.9.0', 'v2.0.0-rc.1', 'site'),
      rules,
    })
    expect(first).toMatchObject({ baseline: 'v1.10.0', skippedCount: 4 })
    const next = chooseNew({
      releases: releases('v1.2.0', 'v1.10.0', 'v1.9.0', 'v2.0.0-rc.1', 'site'),
      seen: first.seen,
      rules,
      baseline: first.baseline,
    })
    expect(next).toMatchObject({ fresh: [], skipped: [] })
  })

  it('has no baseline when nothing is a release', () => {
    expect(takeBaseline({ releases: releases('site', 'v1.0-rc1'), rules })).toMatchObject({
      baseline: null,
      skippedCount: 2,
    })
    expect(takeBaseline({ releases: [], rules })).toEqual({ baseline: null, seen: [], skippedCount: 0 })
  })

  it('stays small with 10,000 long tags, and starts none of them later', () => {
    const many = Array.from({ length: 10_000 }, (_, index) => release(`v1.${index}.0-${'x'.repeat(200)}`))
    const input = { releases: many, rules: { prefix: 'v', prereleases: true } }
    const first = takeBaseline(input)
    expect(Buffer.byteLength(JSON.stringify(first.seen))).toBeLessThan(33_000)
    const next = chooseNew({ ...input, seen: first.seen, baseline: first.baseline })
    expect(next.fresh).toEqual([])
    expect(Buffer.byteLength(JSON.stringify(next.seen))).toBeLessThan(33_000)
  })
})

describe('what is new', () => {
  it('comes oldest version first', () => {
    const choice = chooseNew({
      releases: releases('v1.3.0', 'v1.10.0', 'v1.2.0'),
      seen: [],
      rules,
      baseline: 'v1.1.0',
    })
    expect(tagsOf(choice.fresh)).toEqual(['v1.2.0', 'v1.3.0', 'v1.10.0'])
  })

  it('leaves out what is older, a pre-release or no version, each with its reason', () => {
    const choice = chooseNew({
      releases: [
        ...releases('v1.0.9', 'v2.0.0-rc.1', 'nightly', 'vnext'),
        release('v2.1.0', { prerelease: true }),
      ],
      seen: [],
      rules,
      baseline: 'v1.1.0',
    })
    expect(choice.fresh).toEqual([])
    expect(choice.skipped).toEqual([
      { tag: 'v1.0.9', reason: 'older than v1.1.0' },
      { tag: 'v2.0.0-rc.1', reason: 'pre-release: the rules take none' },
      { tag: 'nightly', reason: 'prefix: it does not begin with v' },
      { tag: 'vnext', reason: 'not a version: by the scheme loose' },
      { tag: 'v2.1.0', reason: 'pre-release: the feed marks it as one' },
    ])
  })

  it('starts nothing for an entry that comes twice, edited or in another place', () => {
    const input = { rules, baseline: 'v1.0.0' }
    const first = chooseNew({ ...input, releases: releases('v1.1.0', 'v1.1.0'), seen: [] })
    expect(tagsOf(first.fresh)).toEqual(['v1.1.0'])
    const edited = [
      release('v1.0.0'),
      release('v1.1.0', { title: 'new title', publishedAt: '2030-01-01T00:00:00Z' }),
    ]
    expect(chooseNew({ ...input, releases: edited, seen: first.seen })).toMatchObject({
      fresh: [],
      skipped: [],
    })
  })

  it('beyond the limit waits for the next choice, and none is lost', () => {
    const input = { releases: releases('v1.3.0', 'v1.2.0', 'v1.1.0'), rules, baseline: 'v1.0.0', limit: 2 }
    const first = chooseNew({ ...input, seen: [] })
    const second = chooseNew({ ...input, seen: first.seen })
    expect(tagsOf(first.fresh)).toEqual(['v1.1.0', 'v1.2.0'])
    expect(tagsOf(second.fresh)).toEqual(['v1.3.0'])
  })

  it('keeps a baseline that is a pre-release', () => {
    const choice = chooseNew({
      releases: releases('v1.9.0', 'v2.0.0'),
      seen: [],
      rules,
      baseline: 'v2.0.0-rc.1',
    })
    expect(tagsOf(choice.fresh)).toEqual(['v2.0.0'])
  })
})

it('handles or skips every release exactly once, in whatever order and portions it comes', () => {
  const tag = fc.oneof(
    fc.tuple(fc.nat(3), fc.nat(12)).map(([major, minor]) => `v${major}.${minor}`),
    fc.constantFrom('x', 'v1.0-rc1', 'nightly'),
  )
  fc.assert(
    fc.property(fc.array(fc.array(tag, { maxLength: 8 }), { maxLength: 8 }), (polls) => {
      let seen: readonly string[] = []
      const handled: string[] = []
      for (const poll of polls) {
        const choice = chooseNew({ releases: releases(...poll), seen, rules, baseline: null })
        handled.push(...tagsOf(choice.fresh), ...tagsOf(choice.skipped))
        seen = choice.seen
      }
      expect(handled.toSorted()).toEqual([...new Set(polls.flat())].sort())
    }),
  )
})

it('never forgets a release that still stands in the feed', () => {
  const standing = releases(...Array.from({ length: 900 }, (_, index) => `v1.${index}`))
  let { seen } = chooseNew({ releases: standing, seen: [], rules, baseline: null, limit: 1_000 })
  for (let round = 0; round < 5; round++) {
    const passing = releases(...Array.from({ length: 100 }, (_, index) => `v2.${round}.${index}`))
    const choice = chooseNew({
      releases: [...passing, ...standing],
      seen,
      rules,
      baseline: null,
      limit: 1_000,
    })
    expect(choice.fresh).toHaveLength(100)
    seen = choice.seen
  }
})

it('settles down on 10,000 releases: what was reported once is no news at the next poll', () => {
  const many = releases(...Array.from({ length: 10_000 }, (_, index) => `v1.${index}`))
  const first = takeBaseline({ releases: many, rules })
  expect(first).toMatchObject({ baseline: 'v1.9999', skippedCount: 9_999 })
  const second = chooseNew({ releases: many, seen: first.seen, rules, baseline: first.baseline })
  const third = chooseNew({ releases: many, seen: second.seen, rules, baseline: first.baseline })
  expect([second.fresh, third.fresh, third.skipped]).toEqual([[], [], []])
})

it('goes by every rule, and keeps the baseline that another range took', () => {
  const choice = chooseNew({
    releases: releases('v1.4.0', 'v2.0.0', 'v1.5.0-linux', 'v1.6.0', 'v1.2.0'),
    seen: [],
    rules: { ...rules, ignore: 'linux', range: '<2' },
    baseline: 'v1.3.0',
  })
  expect(tagsOf(choice.fresh)).toEqual(['v1.4.0', 'v1.6.0'])
  expect(choice.skipped.map(({ reason }) => reason)).toEqual([
    'range: it is not in <2',
    'ignore: it matches linux',
    'older than v1.3.0',
  ])
})

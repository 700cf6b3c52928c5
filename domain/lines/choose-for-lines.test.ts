import { describe, expect, it } from 'vitest'
import type { FeedRelease } from '../release.ts'
import { nothingKnown, type WatchKnowledge } from '../watch.ts'
import { chooseForLines, type LinesChoice, type LinesInput } from './choose-for-lines.ts'
import { hour, mine, noon, release, releases, repositoryOf, rulesOf } from './testing.ts'

/** A choice in a repository that has every tag that the feed has. */
function choose(
  known: WatchKnowledge,
  observed: readonly FeedRelease[] | null,
  more: Partial<LinesInput> = {},
): LinesChoice {
  const names = [...(observed ?? []).map(({ tag }) => tag), ...known.pins.map(({ tag }) => tag)]
  return chooseForLines({
    known,
    observed,
    rules: [rulesOf()],
    now: noon,
    tags: repositoryOf(names),
    ...more,
  })
}

/** What is known after first contact with these releases. */
function begin(first: readonly FeedRelease[], more: Partial<LinesInput> = {}): WatchKnowledge {
  return choose(nothingKnown, first, more).known
}

function sent({ starts }: LinesChoice): string[] {
  return starts.flatMap(({ release: { tag }, lines }) => lines.map((line) => `${line} ${tag}`))
}

describe('first contact', () => {
  it('begins at the newest by version, wherever it stands in the feed, and counts the rest', () => {
    const feed = releases('v1.2.0', 'v1.10.0', 'v1.9.0', 'v2.0.0-rc.1', 'site')
    const { known, starts } = choose(nothingKnown, feed)
    expect(starts).toEqual([])
    expect(known).toMatchObject({
      lines: { [mine]: { standsOn: 'v1.10.0', waiting: [] } },
      skippedAtFirst: 4,
      pins: [{ tag: 'v1.10.0' }],
    })
    expect(choose(known, feed.toReversed()).known).toBe(known)
  })

  it('begins each line at its newest of ten thousand, in whatever order they stand there, and counts all others', () => {
    const numbers = Array.from({ length: 5_000 }, (_, index) => index)
    const feed = releases(
      ...numbers.map((minor) => `z/v1.${minor}.0`),
      ...numbers.map((minor) => `v2.${minor}.0`),
      'v1.4.0',
    )
    const rules = [
      rulesOf(),
      rulesOf({ lines: ['mine/lts-1'], tags: { prefix: 'v', prereleases: false, range: '<2' } }),
    ]
    const known = begin(feed, { rules })
    expect(known).toMatchObject({
      lines: { [mine]: { standsOn: 'v2.4999.0' }, 'mine/lts-1': { standsOn: 'v1.4.0' } },
      skippedAtFirst: 9_999,
    })
    expect(JSON.stringify(known).length).toBeLessThan(64_000)
    expect(choose(known, feed.toReversed(), { rules }).known).toBe(known)
    const later = choose(known, [...feed, release('v1.4.1')], { rules })
    expect(sent(later)).toEqual(['mine/lts-1 v1.4.1'])
  })

  it('has nothing to stand on when nothing is a release', () => {
    expect(begin(releases('site', 'v1.0-rc1')).lines).toEqual({ [mine]: { standsOn: null, waiting: [] } })
    expect(begin([]).lines).toEqual({ [mine]: { standsOn: null, waiting: [] } })
  })

  it('is made up for by a line that is added later, from the next full feed', () => {
    const known = begin(releases('v1.0.0'))
    const rules = [
      rulesOf(),
      rulesOf({ lines: ['mine/lts-1'], tags: { prefix: 'v', prereleases: false, range: '<2' } }),
    ]
    expect(choose(known, null, { rules }).known).toBe(known)
    const feed = releases('v1.0.0', 'v1.1.0', 'v2.0.0')
    const later = choose(known, feed, { rules })
    expect(sent(later)).toEqual(['mine/main v2.0.0'])
    expect(later.known.lines).toEqual({
      'mine/main': { standsOn: 'v2.0.0', waiting: [] },
      'mine/lts-1': { standsOn: 'v1.1.0', waiting: [] },
    })
  })
})

describe('what is new', () => {
  it('is taken by its newest, and every other is left out with a reason', () => {
    const feed = [
      ...releases('v1.0.9', 'v1.2.0', 'v2.0.0-rc.1', 'nightly', 'vnext', 'v1.3.0'),
      release('v2.1.0', { prerelease: true }),
    ]
    const choice = choose(begin(releases('v1.1.0')), feed)
    expect(sent(choice)).toEqual(['mine/main v1.3.0'])
    expect(choice.known.skipped).toEqual([
      { tag: 'v1.0.9', reason: 'older than v1.1.0' },
      { tag: 'v2.0.0-rc.1', reason: 'pre-release: the rules take none' },
      { tag: 'nightly', reason: 'prefix: it does not begin with v' },
      { tag: 'vnext', reason: 'not a version: by the scheme loose' },
      { tag: 'v2.1.0', reason: 'pre-release: the feed marks it as one' },
      { tag: 'v1.2.0', reason: 'step: v1.3.0 is newer' },
    ])
  })

  it('goes to the line whose rules take it, and the other line says why not', () => {
    const tags = { prefix: 'v', prereleases: false }
    const rules = [
      rulesOf({ lines: ['mine/main'], tags: { ...tags, range: '>=2' } }),
      rulesOf({ lines: ['mine/lts-1'], tags: { ...tags, range: '>=1 <2' } }),
    ]
    const known = begin(releases('v1.4.0', 'v2.0.0'), { rules })
    const choice = choose(known, releases('v1.4.1', 'v2.1.0'), { rules })
    expect(sent(choice).sort()).toEqual(['mine/lts-1 v1.4.1', 'mine/main v2.1.0'])
    expect(choice.known.skipped).toEqual([
      { tag: 'v1.4.1', reason: 'range: it is not in >=2', lines: ['mine/main'] },
      { tag: 'v2.1.0', reason: 'range: it is not in >=1 <2', lines: ['mine/lts-1'] },
    ])
  })

  it('is not what comes twice, edited or in another place', () => {
    const first = choose(begin(releases('v1.0.0')), releases('v1.1.0', 'v1.1.0', 'v1.0.0'))
    expect(sent(first)).toEqual(['mine/main v1.1.0'])
    const edited = [
      release('v1.0.0'),
      release('v1.1.0', { title: 'new', publishedAt: '2030-01-01T00:00:00Z' }),
    ]
    expect(choose(first.known, edited).known).toBe(first.known)
  })

  it('is not what comes twice with other words, whichever stands first', () => {
    const rules = [rulesOf({ minimumAgeSeconds: 86_400 })]
    const known = begin(releases('v1.0.0'), { rules, security: 'CVE-\\d' })
    const twice = [release('v2.0.0', { notes: 'CVE-1' }), release('v2.0.0'), release('v1.0.0')]
    for (const feed of [twice, twice.toReversed()]) {
      const once = choose(known, feed, { rules, security: 'CVE-\\d' })
      expect(sent(once)).toEqual([`${mine} v2.0.0`])
      expect(sent(choose(once.known, twice, { rules, security: 'CVE-\\d' }))).toEqual([])
    }
  })

  it('is a security release wherever its notes say so, also where they are long', () => {
    const rules = [rulesOf({ minimumAgeSeconds: 3 * 86_400 })]
    const known = begin(releases('v1.0.0'), { rules })
    const words = 'x '.repeat(50_000)
    for (const at of [0, 995, 1_000, 1_749, 60_001, 99_999]) {
      const notes = `${words.slice(0, at)} CVE-2026-12345 ${words.slice(at)}`
      const choice = choose(known, [release('v1.1.0', { notes })], { rules, security: 'cve-\\d+-\\d+' })
      expect(sent(choice)).toEqual([`${mine} v1.1.0`])
    }
    const none = choose(known, [release('v1.1.0', { notes: words })], { rules, security: '.*cve.*-.*' })
    expect(sent(none)).toEqual([])
  })

  it('is no draft, which counts once it is published', () => {
    const known = begin(releases('v1.0.0'))
    const draft = choose(known, [release('v1.1.0', { draft: true })])
    expect([draft.starts, draft.known.seen]).toEqual([[], known.seen])
    expect(sent(choose(known, releases('v1.1.0')))).toEqual(['mine/main v1.1.0'])
  })

  it('is not what other rules would have taken: what was seen stays seen', () => {
    const known = begin(releases('v1.0.0'))
    const then = choose(known, releases('v2.0.0-rc.1')).known
    const rules = [rulesOf({ tags: { prefix: 'v', prereleases: true } })]
    expect(sent(choose(then, releases('v2.0.0-rc.1', 'v1.0.0'), { rules }))).toEqual([])
    expect(sent(choose(then, releases('v2.0.0-rc.2', 'v2.0.0-rc.1'), { rules }))).toEqual([
      'mine/main v2.0.0-rc.2',
    ])
  })
})

describe('a release that waits', () => {
  const rules = [rulesOf({ minimumAgeSeconds: 3 * 86_400 })]

  it('starts at its age and needs no feed for it', () => {
    const known = begin(releases('v1.0.0'), { rules })
    const young = release('v1.1.0', { publishedAt: '2026-11-21T11:00:00Z' })
    const waits = choose(known, [young], { rules })
    expect(sent(waits)).toEqual([])
    expect(waits.dueAt).toBe(Date.parse('2026-11-24T11:00:00Z'))
    expect(waits.known.lines[mine]).toEqual({ standsOn: 'v1.0.0', waiting: ['v1.1.0'] })
    const almost = choose(waits.known, null, { rules, now: noon + 70 * hour })
    expect(almost.known).toBe(waits.known)
    const ripe = choose(waits.known, null, { rules, now: noon + 71 * hour })
    expect(sent(ripe)).toEqual(['mine/main v1.1.0'])
    expect(ripe.known).toMatchObject({ releases: [], lines: { [mine]: { standsOn: 'v1.1.0', waiting: [] } } })
  })

  it('goes at once when it is a security release', () => {
    const known = begin(releases('v1.0.0'), { rules })
    const fix = release('v1.1.1', { notes: 'Fixes CVE-2026-1234.' })
    const choice = choose(known, [...releases('v1.1.0', 'v1.2.0'), fix], { rules, security: 'CVE-\\d+' })
    expect(sent(choice)).toEqual(['mine/main v1.1.1'])
    expect(choice.known.lines[mine]).toEqual({ standsOn: 'v1.1.1', waiting: ['v1.2.0'] })
  })

  it('is kept by a hold or an alarm even then', () => {
    const hold = { fork: 'mine', line: null, by: 'ann', at: '2026-11-21T10:00:00Z', until: null, reason: '' }
    const fix = [release('v1.1.1', { notes: 'CVE-1' })]
    const known = begin(releases('v1.0.0'))
    const held = choose({ ...known, holds: [hold] }, fix, { security: 'CVE' })
    expect(sent(held)).toEqual([])
    expect(held.known.lines[mine]?.waiting).toEqual(['v1.1.1'])
    const moved = choose(known, fix, { security: 'CVE', tags: repositoryOf(['v1.0.0', 'v1.1.1'], 'b') })
    expect(sent(moved)).toEqual([])
    expect(moved.known.alarms).toMatchObject([{ tag: 'v1.0.0' }])
  })

  it('is left out when the upstream repository has no such tag for a day', () => {
    const known = begin(releases('v1.0.0'))
    const tags = repositoryOf(['v1.0.0'])
    const missing = choose(known, releases('v1.1.0'), { tags })
    expect(missing.known.lines[mine]?.waiting).toEqual(['v1.1.0'])
    expect(missing.unpinned).toEqual(['v1.1.0'])
    const here = choose(missing.known, null, { tags: repositoryOf(['v1.0.0', 'v1.1.0']), now: noon + hour })
    expect(sent(here)).toEqual(['mine/main v1.1.0'])
    const gone = choose(missing.known, null, { tags, now: noon + 25 * hour })
    expect(gone.known.lines[mine]?.waiting).toEqual([])
    expect(gone.known.skipped.at(-1)?.reason).toMatch(/^no commit: /)
  })
})

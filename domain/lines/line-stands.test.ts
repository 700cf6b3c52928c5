import { describe, expect, it } from 'vitest'
import type { FeedRelease } from '../release.ts'
import { nothingKnown, type WatchKnowledge } from '../watch.ts'
import { chooseForLines, type LinesChoice, type LinesInput } from './choose-for-lines.ts'
import { moveStand, withoutTag } from './line-stands.ts'
import { acceptMovedTag } from './pins.ts'
import { hour, mine, noon, release, releases, repositoryOf, rulesOf } from './testing.ts'

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

function sent({ starts }: LinesChoice): string[] {
  return starts.flatMap(({ release: { tag }, lines }) => lines.map((line) => `${line} ${tag}`))
}

/** A line that began at v3.6.3 and took v3.7.0, a mistake. */
function mistaken(more: Partial<LinesInput> = {}): WatchKnowledge {
  const begun = choose(nothingKnown, releases('v3.6.3'), more).known
  return choose(begun, releases('v3.7.0', 'v3.6.3'), more).known
}

describe('what a line stands on', () => {
  it('is not a tag whose deletion was accepted: what was left out because of it is taken', () => {
    const feed = releases('v3.6.4', 'v3.6.3')
    const alarmed = choose(mistaken(), feed, { tags: repositoryOf(['v3.6.3', 'v3.6.4']) }).known
    expect(alarmed.alarms).toMatchObject([{ tag: 'v3.7.0', after: null }])
    expect(alarmed.skipped).toContainEqual({ tag: 'v3.6.4', reason: 'older than v3.7.0' })
    const accepted = acceptMovedTag(alarmed, { tag: 'v3.7.0', tagObject: null })
    const known = withoutTag(accepted as WatchKnowledge, 'v3.7.0')
    expect(known.lines[mine]?.standsOn).toBe('v3.6.3')
    expect(known.stands?.[mine]).toEqual({ because: 'gone', note: 'v3.7.0', again: true })
    const next = choose(known, feed)
    expect(sent(next)).toEqual(['mine/main v3.6.4'])
    expect(next.known.stands?.[mine]).toEqual({ because: 'sent', earlier: ['v3.6.3'] })
    // The tag that returns is a new release, and the attempt of the old one does not stand for it.
    const back = choose(next.known, releases('v3.7.0', 'v3.6.4', 'v3.6.3'))
    expect(back.starts).toMatchObject([{ release: { tag: 'v3.7.0' }, returned: true }])
  })

  it('is nothing where it never stood on anything else, and the newest of the feed is taken, whatever the step', () => {
    for (const step of ['latest', 'each', 'each-minor'] as const) {
      const rules = [rulesOf({ step })]
      const begun = choose(nothingKnown, releases('v3.7.0', 'v3.6.3', 'v3.6.2'), { rules }).known
      const known = withoutTag({ ...begun, pins: [], seenTags: '' }, 'v3.7.0')
      expect(sent(choose(known, null, { rules }))).toEqual([])
      expect(sent(choose(known, releases('v3.6.3', 'v3.6.2'), { rules }))).toEqual(['mine/main v3.6.3'])
    }
  })

  it('waits for no tag that was accepted as gone', () => {
    const rules = [rulesOf({ minimumAgeSeconds: 86_400 })]
    const begun = choose(nothingKnown, releases('v1.0.0'), { rules }).known
    const waits = choose(begun, releases('v1.1.0', 'v1.0.0'), { rules }).known
    expect(waits.lines[mine]?.waiting).toEqual(['v1.1.0'])
    const known = withoutTag({ ...waits, pins: [], seenTags: '' }, 'v1.1.0')
    expect(known.lines[mine]).toEqual({ standsOn: 'v1.0.0', waiting: [] })
    expect(known.releases).toEqual([])
    expect(known.skipped.at(-1)).toEqual({
      tag: 'v1.1.0',
      reason: 'withdrawn: upstream deleted the tag',
    })
  })

  it('is not a tag that the rules do not take any more: versions that begin anew are taken', () => {
    const begun = choose(nothingKnown, releases('v2023.5.0', 'v2023.4.0')).known
    const before = choose(begun, releases('v1.0.0', 'v2023.5.0', 'v2023.4.0'))
    expect(sent(before)).toEqual([])
    const rules = [rulesOf({ tags: { prefix: 'v', prereleases: false, ignore: '^v20' } })]
    const after = choose(before.known, releases('v1.0.0', 'v2023.5.0', 'v2023.4.0'), { rules })
    expect(sent(after)).toEqual(['mine/main v1.0.0'])
    expect(sent(choose(after.known, releases('v1.1.0', 'v1.0.0'), { rules }))).toEqual(['mine/main v1.1.0'])
  })

  it('falls back to the newest earlier one that the rules take', () => {
    const rules = [rulesOf({ tags: { prefix: 'v', prereleases: false, ignore: '^v3.7' } })]
    const idle = choose(mistaken(), releases('v3.7.0', 'v3.6.3'), { rules, tags: null })
    expect(idle.known.lines[mine]?.standsOn).toBe('v3.6.3')
    expect(idle.known.stands?.[mine]).toEqual({ because: 'rules', note: 'v3.7.0' })
    expect(idle.starts).toEqual([])
    // Once that is known, nothing is news.
    expect(choose(idle.known, releases('v3.7.0', 'v3.6.3'), { rules, tags: null }).known).toBe(idle.known)
    expect(sent(choose(idle.known, releases('v3.6.4', 'v3.7.0'), { rules }))).toEqual(['mine/main v3.6.4'])
  })

  it('moves with a run by hand, and with a word that sets it, after which what was missed is taken', () => {
    const seen = choose(mistaken(), releases('v3.6.4', 'v3.7.0', 'v3.6.3')).known
    const run = moveStand(seen, mine, { tag: 'v3.6.4', stand: { because: 'run' } })
    expect(run.stands?.[mine]).toEqual({ because: 'run', earlier: ['v3.6.3', 'v3.7.0'] })
    const newer = releases('v3.6.5', 'v3.6.4', 'v3.7.0', 'v3.6.3')
    expect(sent(choose(run, newer))).toEqual(['mine/main v3.6.5'])
    const stand = { because: 'set', note: 'ann: v3.7.0 was a mistake', again: true } as const
    const set = moveStand(seen, mine, { tag: 'v3.6.3', stand })
    expect(sent(choose(set, releases('v3.6.4', 'v3.7.0', 'v3.6.3')))).toEqual(['mine/main v3.6.4'])
  })
})

describe("a feed's later word", () => {
  const rules = [rulesOf({ minimumAgeSeconds: 86_400 })]
  const old = release('v1.0.0', { publishedAt: '2026-11-01T00:00:00Z' })
  const young = release('v1.1.0', { publishedAt: '2026-11-21T11:00:00Z' })
  const later = { rules, now: noon + 30 * hour }

  function waits(): WatchKnowledge {
    const begun = choose(nothingKnown, [old], { rules }).known
    const { known } = choose(begun, [young, old], { rules })
    expect(known.lines[mine]?.waiting).toEqual(['v1.1.0'])
    return known
  }

  it('makes a pre-release due that is a release now', () => {
    const begun = choose(nothingKnown, [old]).known
    const marked = choose(begun, [{ ...young, prerelease: true }, old])
    expect(sent(marked)).toEqual([])
    expect(choose(marked.known, [{ ...young, prerelease: true }, old]).known).toBe(marked.known)
    expect(sent(choose(marked.known, [{ ...young, prerelease: false }, old]))).toEqual(['mine/main v1.1.0'])
  })

  it('makes one due that was a pre-release at first contact', () => {
    const begun = choose(nothingKnown, [{ ...young, prerelease: true }, old]).known
    expect(begun.lines[mine]?.standsOn).toBe('v1.0.0')
    expect(sent(choose(begun, [young, old]))).toEqual(['mine/main v1.1.0'])
  })

  it.each([
    ['yanked', [old], new Map([['v1.1.0', 'was yanked']]), 'withdrawn: was yanked'],
    ['deleted', [old], new Map(), 'withdrawn: the feed does not list it any more'],
    [
      'a draft again',
      [{ ...young, draft: true }, old],
      new Map(),
      'withdrawn: the feed does not list it any more',
    ],
    [
      'a pre-release',
      [{ ...young, prerelease: true }, old],
      new Map(),
      'pre-release: the feed marks it as one',
    ],
  ])(
    'leaves out a release that is %s while it waits, and takes it when it returns',
    (_, feed, withdrawn, reason) => {
      const known = waits()
      const out = choose(known, feed, { rules, withdrawn })
      expect(out.known.lines[mine]).toEqual({ standsOn: 'v1.0.0', waiting: [] })
      expect(out.known.skipped.at(-1)).toEqual({ tag: 'v1.1.0', reason })
      expect(sent(choose(out.known, null, later))).toEqual([])
      expect(choose(out.known, feed, { ...later, withdrawn, tags: null }).known).toBe(out.known)
      expect(sent(choose(out.known, [young, old], later))).toEqual(['mine/main v1.1.0'])
    },
  )

  it('is not that a release has left a feed that shows the newest few', () => {
    const known = waits()
    const newer = release('v1.2.0', { publishedAt: '2026-11-21T11:30:00Z' })
    expect(choose(known, [newer], { rules }).known.lines[mine]?.waiting).toEqual(['v1.1.0', 'v1.2.0'])
    expect(choose(known, [], { rules }).known.lines[mine]?.waiting).toEqual(['v1.1.0'])
  })

  it('is kept for a release that was sent, and taken back with the feed', () => {
    const begun = choose(nothingKnown, [old]).known
    const { known } = choose(begun, [young, old])
    expect(known.sent).toEqual([{ tag: 'v1.1.0', publishedAt: young.publishedAt }])
    const yanked = choose(known, [old], { withdrawn: new Map([['v1.1.0', 'was yanked']]) })
    expect(yanked.known.withdrawn).toEqual([{ tag: 'v1.1.0', kind: 'withdrawn', why: 'was yanked' }])
    const same = { withdrawn: new Map([['v1.1.0', 'was yanked']]), tags: null }
    expect(choose(yanked.known, [old], same).known).toBe(yanked.known)
    expect(choose(yanked.known, null, { tags: null }).known).toBe(yanked.known)
    const marked = choose(yanked.known, [{ ...young, prerelease: true }, old])
    expect(marked.known.withdrawn).toMatchObject([{ kind: 'pre-release' }])
    expect(choose(marked.known, [young, old]).known.withdrawn).toEqual([])
  })
})

import { expect, it } from 'vitest'
import type { ConsideredTag } from '../../domain/list-releases.ts'
import { type LineKey, nothingKnown } from '../../domain/watch.ts'
import type { WatchStatus } from '../../workflows/messages.ts'
import { releaseStates, skipOlder } from './release-states.ts'

const pin = { tag: 'v1', tagObject: 'a', commit: 'a' }
const release = { publishedAt: null, url: null, since: '2026-11-21T12:00:00Z', security: false, until: null }
const watch: WatchStatus = {
  kind: 'watch',
  upstream: 'up',
  phase: 'polling',
  known: {
    ...nothingKnown,
    alarms: [
      {
        tag: 'v1',
        before: pin,
        after: null,
        at: '2026-11-21T12:00:00Z',
        evidence: ['first seen: a', 'now: gone'],
      },
    ],
    dispatched: ['v2', 'v3'],
    lines: { 'mine/main': { standsOn: null, waiting: [] }, 'mine/lts': { standsOn: null, waiting: [] } },
  },
  waiting: [
    { ...release, tag: 'v3', line: 'mine/lts', reason: 'hold', detail: 'hold: held by ann' },
    { ...release, tag: 'v4', line: 'mine/main', reason: 'minimum-age', detail: 'minimum age: 3d' },
    { ...release, tag: 'v4', line: 'mine/lts', reason: 'minimum-age', detail: 'minimum age: 3d' },
  ],
  pollSeconds: 60,
  forks: ['mine'],
}

it.each([
  [
    'v1',
    'eligible',
    null,
    { state: 'alarm', detail: 'was a, is gone', evidence: ['first seen: a', 'now: gone'] },
  ],
  ['v2', 'eligible', null, { state: 'sent', detail: null }],
  ['v2', 'skipped', null, undefined],
  ['v3', 'eligible', null, { state: 'held', detail: 'hold: held by ann (mine/lts)' }],
  ['v3', 'eligible', 'mine/main', { state: 'sent', detail: null }],
  ['v4', 'newest', null, { state: 'waiting', detail: 'minimum age: 3d (mine/main and 1 more)' }],
  ['v5', 'newest', null, undefined],
] as const)('says where %s (%s) stands for %s', (tag, status, line, state) => {
  expect(releaseStates([{ tag, status }], watch, line).get(tag)).toEqual(state)
})

const tags = ['v6', 'v5', 'v4', 'v3', 'v2', 'v1', 'v0']
const taken = tags.map((tag, index) => ({ tag, status: index === 0 ? 'newest' : 'eligible' }) as const)
const past: WatchStatus = {
  ...watch,
  waiting: [],
  known: {
    ...nothingKnown,
    lines: {
      'mine/each': { standsOn: 'v5', waiting: [] },
      'mine/latest': { standsOn: 'v5', waiting: [] },
      'mine/new': { standsOn: 'v2', waiting: [] },
    },
    dispatched: ['v3', 'v4', 'v5'],
    skipped: [
      { tag: 'v3', reason: 'step: v5 is newer', lines: ['mine/latest'] },
      { tag: 'v4', reason: 'step: v5 is newer', lines: ['mine/latest'] },
      { tag: 'v1', reason: 'range: it is not in >=2', lines: ['mine/new'] },
    ],
  },
}

it('calls no release sent for a line that passed it over for one that another line was sent', () => {
  const of = (line: LineKey | null) => {
    const states = releaseStates(taken, past, line)
    return tags.map((tag) => states.get(tag)?.detail ?? states.get(tag)?.state ?? null)
  }
  expect(of('mine/latest')).toEqual([
    null,
    'sent',
    'step: v5 is newer',
    'step: v5 is newer',
    'older than v5',
    'older than v5',
    'older than v5',
  ])
  expect(of('mine/each')).toEqual([
    null,
    'sent',
    'sent',
    'sent',
    'older than v5',
    'older than v5',
    'older than v5',
  ])
  expect(of('mine/new')).toEqual([
    null,
    null,
    null,
    null,
    'mine/new',
    'range: it is not in >=2',
    'older than v2',
  ])
  expect(of(null)).toEqual([null, 'sent', 'sent', 'sent', 'mine/new', 'older than v2', 'older than v2'])
})

it('skips what is older than the lines stand on, behind what is taken and before what a rule leaves out', () => {
  const shown = (line: LineKey | null) => {
    const left = { ...row('x'), status: 'skipped', reason: 'prefix' } as const
    const listed = [...tags.map(row), left]
    return skipOlder(listed, releaseStates(listed, past, line)).map(({ tag, reason }) => [tag, reason])
  }
  expect(shown('mine/latest').slice(-4)).toEqual([
    ...tags.slice(-3).map((tag) => [tag, 'older']),
    ['x', 'prefix'],
  ])
  expect(shown(null).slice(-3)).toEqual([...tags.slice(-2).map((tag) => [tag, 'older']), ['x', 'prefix']])
})

function row(tag: string): ConsideredTag {
  const status = tag === tags[0] ? 'newest' : 'eligible'
  return { tag, version: tag, prerelease: false, status, reason: null, detail: '' }
}

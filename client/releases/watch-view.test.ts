import { expect, it } from 'vitest'
import { nothingKnown } from '../../domain/watch.ts'
import type { WatchStatus } from '../../workflows/messages.ts'
import { stateOf } from './watch-view.ts'

const pin = { tag: 'v1', tagObject: 'a', commit: 'a' }
const release = { publishedAt: null, url: null, since: '2026-11-21T12:00:00Z', security: false, until: null }
const watch: WatchStatus = {
  kind: 'watch',
  upstream: 'up',
  phase: 'polling',
  known: {
    ...nothingKnown,
    alarms: [{ tag: 'v1', before: pin, after: null, at: '2026-11-21T12:00:00Z' }],
    dispatched: ['v2', 'v3'],
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
  ['v1', 'eligible', null, { state: 'alarm', detail: 'was a, is gone' }],
  ['v2', 'eligible', null, { state: 'sent', detail: null }],
  ['v2', 'skipped', null, null],
  ['v3', 'eligible', null, { state: 'held', detail: 'hold: held by ann (mine/lts)' }],
  ['v3', 'eligible', 'mine/main', { state: 'sent', detail: null }],
  ['v4', 'newest', null, { state: 'waiting', detail: 'minimum age: 3d (mine/main and 1 more)' }],
  ['v5', 'newest', null, null],
] as const)('says where %s (%s) stands for %s', (tag, status, line, state) => {
  expect(stateOf({ tag, status }, watch, line)).toEqual(state)
})

import { expect, it } from 'vitest'
import { plainText } from './markdown.ts'
import { settings } from './testing.ts'
import { watchDetails } from './watch-details.ts'

it.each([
  ['range: it is not in >=1 <2', 'range: it is not in \\>=1 \\<2'],
  ['[click](http://x)', '\\[click\\](http://x)'],
  ['a | b\n# c', 'a \\| b \\# c'],
  ['v1.2.3-rc.1', 'v1.2.3-rc.1'],
])('shows %j as it is', (text, escaped) => {
  expect(plainText(text)).toBe(escaped)
})

it('keeps what upstream names from becoming a part of the page of its watch', () => {
  const hostile = '<img src=x>[a](javascript:b)'
  const known = {
    seen: [],
    lines: {},
    waiting: [],
    pins: [],
    alarms: [],
    holds: [],
    questions: [{ kind: 'feed-moved' as const, since: 'now', url: hostile, to: hostile }],
    skipped: [{ tag: hostile, reason: 'range: it is not in <2' }],
    dispatched: [],
    skippedAtFirst: 9_999,
    newsAt: null,
    releases: [],
    lookedAt: null,
    problems: [hostile],
  }
  const status = {
    kind: 'watch' as const,
    upstream: 'tool',
    phase: 'polling' as const,
    known,
    waiting: [],
    pollSeconds: 60,
    forks: ['mine'],
  }
  const page = watchDetails(status, settings.upstream)
  expect(page).not.toMatch(/(?<!\\)[<[]/)
  expect(page).toContain('it is not in \\<2')
  expect(page).toContain('At first contact 9999 entries of the feed were left alone')
})

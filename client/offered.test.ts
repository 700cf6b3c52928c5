import { expect, it } from 'vitest'
import type { AttemptRow, ListedAttempt } from './attempts.ts'
import { leftToPerson } from './offered.ts'

function attempt(tag: string, minute: number, more: Partial<AttemptRow> = {}): ListedAttempt {
  const at = `2026-05-01T12:${String(minute).padStart(2, '0')}:00.000Z`
  const row: AttemptRow = {
    id: `maintain/mine/main/${tag}`,
    fork: 'mine',
    line: 'main',
    tag,
    phase: 'ended',
    outcome: 'changed',
    needs: null,
    startedAt: at,
    updatedAt: at,
    ...more,
  }
  return { row, runId: tag, upstream: 'up', running: row.phase !== 'ended' }
}

function left(attempts: readonly ListedAttempt[], promoted: Readonly<Record<string, string>> = {}) {
  const promotions = new Map(Object.entries(promoted).map(([id, at]) => [id, { id, at }]))
  const { offered, blocked } = leftToPerson(attempts, promotions)
  return { offered: offered.map(({ row }) => row.tag), blocked: blocked.map(({ row }) => row.tag) }
}

it('is the newest candidate of each line that was not promoted, and what blocked a line', () => {
  expect(left([attempt('v2', 2), attempt('v1', 1)])).toEqual({ offered: ['v2'], blocked: [] })
  const promoted = { 'promote/mine/main/v2': '2026-05-01T12:03:00.000Z' }
  expect(left([attempt('v2', 2), attempt('v1', 1)], promoted)).toEqual({ offered: [], blocked: [] })
  // Made again since, it is another candidate.
  expect(left([attempt('v2', 9)], promoted)).toEqual({ offered: ['v2'], blocked: [] })
  expect(left([attempt('v3', 3, { outcome: 'skipped' }), attempt('v2', 2)])).toMatchObject({
    offered: ['v2'],
  })
  expect(left([attempt('v3', 3, { outcome: null, phase: 'rebasing' }), attempt('v2', 2)])).toMatchObject({
    offered: [],
  })
  expect(left([attempt('v3', 3, { outcome: 'blocked' }), attempt('v2', 2)])).toEqual({
    offered: [],
    blocked: ['v3'],
  })
  const lts = attempt('v1.1', 1, { line: 'lts', outcome: 'blocked' })
  expect(left([attempt('v3', 3), lts])).toEqual({ offered: ['v3'], blocked: ['v1.1'] })
})

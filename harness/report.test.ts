import { describe, expect, it } from 'vitest'
import { makeReport, type Row, renderSummary, renderTable } from './report.ts'

const rows: readonly Row[] = [
  {
    scenario: 'clean-release',
    passed: true,
    outcome: 'changed',
    candidate: '97bd535de0ed810957d9986d6eafec3d166f615f',
    seconds: 4.24,
    events: 41,
    failure: null,
  },
  {
    scenario: 'dry-run',
    passed: false,
    outcome: null,
    candidate: null,
    seconds: 120,
    events: null,
    failure: 'no',
  },
]

describe('the report', () => {
  it('counts what passed and what failed', () => {
    expect(makeReport(rows)).toMatchObject({ passed: 1, failed: 1 })
    expect(renderSummary(makeReport(rows))).toBe('1 passed, 1 failed')
  })

  it('shows scenario, outcome, candidate, time and events in columns', () => {
    expect(renderTable(makeReport(rows))).toMatchInlineSnapshot(`
      "        scenario       outcome  candidate      time  events
      ok      clean-release  changed  97bd535de0    4.2 s      41
      FAILED  dry-run        -        -           120.0 s       -"
    `)
  })
})

/** How one scenario came out. */
export interface Row {
  readonly scenario: string
  readonly passed: boolean
  /** What the attempt came to; what failed is in `failure`. */
  readonly outcome: string | null
  readonly candidate: string | null
  readonly seconds: number
  /** Events in the history of the attempt; null when it could not be read. */
  readonly events: number | null
  /** Null when everything that was demanded held. */
  readonly failure: string | null
}

export interface Report {
  readonly passed: number
  readonly failed: number
  readonly scenarios: readonly Row[]
}

/** Counts the rows. */
export function makeReport(scenarios: readonly Row[]): Report {
  const passed = scenarios.filter((row) => row.passed).length
  return { passed, failed: scenarios.length - passed, scenarios }
}

const header = ['', 'scenario', 'outcome', 'candidate', 'time', 'events']

/** The table that the rehearsal ends with. */
export function renderTable({ scenarios }: Report): string {
  const rows = scenarios.map((row) => [
    row.passed ? 'ok' : 'FAILED',
    row.scenario,
    row.outcome ?? '-',
    row.candidate?.slice(0, 10) ?? '-',
    `${row.seconds.toFixed(1)} s`,
    String(row.events ?? '-'),
  ])
  const widths = header.map((_, column) =>
    Math.max(...[header, ...rows].map((row) => row[column]?.length ?? 0)),
  )
  return [header, ...rows]
    .map((row) =>
      row
        .map((cell, column) => pad(cell, column, widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n')
}

/** The last line, which scripts read. */
export function renderSummary({ passed, failed }: Report): string {
  return `${passed} passed, ${failed} failed`
}

/** Numbers stand at the right of their column, words at the left. */
function pad(cell: string, column: number, width: number): string {
  return column >= 4 ? cell.padStart(width) : cell.padEnd(width)
}

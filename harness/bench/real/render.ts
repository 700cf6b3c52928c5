import type { RealReport, RealRow } from './bench-real.ts'

const head = [
  'stack',
  'patches (merges)',
  'upstream commits',
  'git rebase',
  'engine',
  'undrift plan told',
  'undrift plan, whole',
  'memory',
]

/** The report as a Markdown table, with each way's part of rebase's time. */
export function renderReal(report: RealReport): string {
  const lines = [head, head.map(() => '---'), ...report.rows.map(cellsOf)].map(
    (cells) => `| ${cells.join(' | ')} |`,
  )
  const notes = `Milliseconds, medians of ${report.runs}; in brackets the part of rebase's time. Whole processes, but for the engine. Memory is the largest resident size of the Node process in MB. Git ${report.git}, Node ${report.node}, ${report.machine}.`
  return [...lines, '', notes].join('\n')
}

function cellsOf(row: RealRow): readonly string[] {
  const part = (time: number) => `${time} (${(time / row.rebase.time).toFixed(2)})`
  const stops = row.result === 'conflict' ? ', stops' : ''
  const rebase = row.rebase.kind === 'conflict' ? `${row.rebase.time}, stops` : String(row.rebase.time)
  return [
    `${row.stack}${stops}`,
    `${row.patches} (${row.merges})`,
    String(row.upstream),
    rebase,
    part(row.engine),
    part(row.told),
    part(row.plan),
    String(row.memory),
  ]
}

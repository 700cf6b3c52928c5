import { parseArgs } from 'node:util'
import type { AttemptBenchOptions, AttemptReport } from './bench-attempt.ts'

export interface AttemptOptions extends Omit<AttemptBenchOptions, 'say'> {
  readonly json: string
}

export const attemptUsage = `Usage: npm run bench -- attempt [--stack 28,200] [--runs N] [--json FILE]

Times whole attempts on a running server, from the start to the pushed candidate, and the same work by a plain script.
`

/** Reads the command line; null when it cannot be understood. */
export function readAttemptOptions(argv: readonly string[]): AttemptOptions | null {
  try {
    const { values } = parseArgs({
      args: [...argv],
      options: {
        stack: { type: 'string', default: '28,200' },
        runs: { type: 'string', default: '5' },
        json: { type: 'string', default: 'dist/bench/attempt.json' },
      },
    })
    const stacks = values.stack.split(',').map(Number)
    const runs = Number(values.runs)
    if (!stacks.every((one) => Number.isInteger(one) && one >= 1) || !(runs >= 1)) return null
    return { stacks, runs, json: values.json }
  } catch {
    return null
  }
}

/** The report as a Markdown table. */
export function renderAttempt(report: AttemptReport): string {
  const lines = [
    '| patches | attempt | script | ratio |',
    '| --- | --- | --- | --- |',
    ...report.rows.map(
      ({ patches, attempt, script }) =>
        `| ${patches} | ${attempt} | ${script} | ${(attempt / script).toFixed(2)} |`,
    ),
  ]
  return [...lines, '', `Milliseconds, medians of ${report.runs}, ${report.machine}.`].join('\n')
}

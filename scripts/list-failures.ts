// What failed by a JSON report of vitest, of the harness or of the hostile corpus: names, and how each message begins.
import { readFileSync } from 'node:fs'

interface Assertion {
  readonly fullName: string
  readonly status: string
  readonly failureMessages: readonly string[]
}

/** What one of our own reports says of a scenario or of a hostile case. */
interface Row {
  readonly scenario?: string
  readonly name?: string
  readonly passed?: boolean
  readonly outcome?: string
  readonly failure?: string | null
  readonly by?: string
}

interface Report {
  readonly scenarios?: readonly Row[]
  readonly cases?: readonly Row[]
  readonly testResults?: readonly {
    readonly name: string
    readonly status: string
    readonly message: string
    readonly assertionResults: readonly Assertion[]
  }[]
}

/** A log is read in a terminal: of a long message the beginning. */
const linesEach = 40

const report = JSON.parse(readFileSync(process.argv[2] ?? '', 'utf8')) as Report
const failures = report.testResults ? failedTests(report) : failedRows(report)
for (const { name, message } of failures) {
  const lines = message.split('\n')
  const shown = lines.slice(0, linesEach).map((line) => `    ${line}`)
  const more = lines.length > linesEach ? [`    … ${lines.length - linesEach} more lines`] : []
  process.stdout.write(['', `FAILED ${name}`, ...shown, ...more, ''].join('\n'))
}

interface Failure {
  readonly name: string
  readonly message: string
}

function failedTests({ testResults = [] }: Report): readonly Failure[] {
  return testResults.flatMap(({ name, status, message, assertionResults }) => {
    const failed = assertionResults.filter((each) => each.status === 'failed')
    // A file that could not even be loaded has no test that failed.
    if (failed.length === 0) return status === 'failed' ? [{ name, message }] : []
    return failed.map((each) => ({
      name: `${name}: ${each.fullName}`,
      message: each.failureMessages.join('\n'),
    }))
  })
}

function failedRows({ scenarios = [], cases = [] }: Report): readonly Failure[] {
  return [
    ...scenarios.filter(({ passed }) => passed === false),
    ...cases.filter(({ outcome }) => outcome === 'not stopped'),
  ].map(({ scenario, name, failure, by }) => ({
    name: scenario ?? name ?? '?',
    message: failure ?? by ?? 'no message',
  }))
}

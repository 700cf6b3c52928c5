import { writeFile } from 'node:fs/promises'
import { drained } from '../client/cli/drained.ts'
import { readOptions, usage } from './options.ts'
import { rehearse } from './rehearse.ts'
import { renderSummary, renderTable } from './report.ts'
import { scenarios } from './scenarios/all.ts'

/** Plays the rehearsal that the command line asks for; resolves to the exit code. */
async function main(argv: readonly string[]): Promise<number> {
  const options = readOptions(
    argv,
    scenarios.map(({ name }) => name),
  )
  if (typeof options === 'string') {
    process.stderr.write(`error: ${options}\n\n${usage}`)
    return 2
  }
  const interrupt = new AbortController()
  for (const name of ['SIGINT', 'SIGTERM'] as const) {
    process.on(name, () => interrupt.abort(new Error(`ended by ${name}`)))
  }
  try {
    const report = await rehearse({
      ...options,
      say: (text) => void process.stderr.write(text),
      signal: interrupt.signal,
    })
    for (const { scenario, failure } of report.scenarios) {
      if (failure !== null) process.stdout.write(`\n--- ${scenario} ---\n${failure}\n`)
    }
    process.stdout.write(`\n${renderTable(report)}\n\n${renderSummary(report)}\n`)
    if (options.json !== null) await writeFile(options.json, `${JSON.stringify(report, null, 2)}\n`)
    return report.failed === 0 ? 0 : 1
  } catch (error) {
    process.stderr.write(`error: ${error instanceof Error ? error.message : String(error)}\n`)
    return interrupt.signal.aborted ? 130 : 1
  }
}

const code = await main(process.argv.slice(2))
await drained([process.stdout, process.stderr])
// An interrupted scenario still waits for something; nobody waits for it.
process.exit(code)

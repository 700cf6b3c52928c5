import { writeFile } from 'node:fs/promises'
import { checks } from './cases/checks.ts'
import { deliveries } from './cases/deliveries.ts'
import { folders } from './cases/folders.ts'
import { spellings } from './cases/names.ts'
import { networks } from './cases/networks.ts'
import { outside } from './cases/outside.ts'
import { redirects } from './cases/redirects.ts'
import { systemCalls } from './cases/system-calls.ts'
import { weights } from './cases/weights.ts'
import { words } from './cases/words.ts'
import { type HostileCase, type HostileRow, tryCase } from './hostile-case.ts'

const usage = 'usage: npm run hostile -- [--only WORD] [--json FILE]\n'
const corpus: readonly HostileCase[] = [
  ...weights,
  ...spellings,
  ...words,
  ...outside,
  ...redirects,
  ...deliveries,
  ...folders,
  ...checks,
  ...systemCalls,
  ...networks,
]

/** Tries every attack of the corpus, or those whose name holds a word; resolves to the exit code. */
async function main(argv: readonly string[]): Promise<number> {
  const option = (name: string) => (argv.includes(name) ? (argv[argv.indexOf(name) + 1] ?? '') : null)
  const only = option('--only')
  const wanted = corpus.filter(({ name }) => only === null || name.includes(only))
  if (wanted.length === 0) {
    process.stderr.write(usage)
    return 2
  }
  const rows: HostileRow[] = []
  for (const each of wanted) {
    const row = await tryCase(each)
    rows.push(row)
    process.stderr.write(`${row.outcome.padEnd(11)} ${row.name} (${row.milliseconds} ms)\n`)
  }
  const count = (outcome: HostileRow['outcome']) => rows.filter((row) => row.outcome === outcome).length
  const [passed, failed, skipped] = [count('stopped'), count('not stopped'), count('skipped')]
  process.stdout.write(`\n${table(rows)}\n\n`)
  if (skipped > 0) process.stdout.write(`${skipped} skipped: this machine lacks what they need\n`)
  process.stdout.write(`${passed} passed, ${failed} failed\n`)
  const file = option('--json')
  if (file) await writeFile(file, `${JSON.stringify({ passed, failed, skipped, cases: rows }, null, 2)}\n`)
  return failed === 0 ? 0 : 1
}

/** What each tried, and what stopped it. */
function table(rows: readonly HostileRow[]): string {
  const lines = rows.map(({ name, outcome, tries, by }) => [name, outcome, tries, by.split('\n')[0] ?? ''])
  const all = [['attack', 'outcome', 'what it tries', 'what stopped it'], ...lines]
  const widths = [0, 1, 2].map((column) => Math.max(...all.map((row) => row[column]?.length ?? 0)))
  return all
    .map((row) =>
      row
        .map((cell, at) => cell.padEnd(widths[at] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n')
}

process.exit(await main(process.argv.slice(2)))

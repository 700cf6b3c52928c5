import { mkdir, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { parseArgs } from 'node:util'
import { benchReplay, isSize, isStack, renderReplay, sizes, stacks } from './replay.ts'

const usage = `Usage: npm run bench -- replay [--size small,middle,huge] [--stack 10,50,200] [--runs N] [--json FILE]

Moves generated stacks by git rebase, by Undrift and, where this Git has it, by git replay, and compares them.
`

/** Runs the bench that the command line names; resolves to the exit code. */
async function main(argv: readonly string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args: [...argv],
    allowPositionals: true,
    options: {
      size: { type: 'string', default: sizes.map(({ name }) => name).join(',') },
      stack: { type: 'string', default: stacks.join(',') },
      runs: { type: 'string', default: '3' },
      json: { type: 'string', default: 'dist/bench/replay.json' },
    },
  })
  const wanted = values.size.split(',')
  const lengths = values.stack.split(',').map(Number)
  const runs = Number(values.runs)
  if (
    positionals.join(' ') !== 'replay' ||
    !wanted.every(isSize) ||
    !lengths.every(isStack) ||
    !(runs >= 1)
  ) {
    process.stderr.write(usage)
    return 2
  }
  const report = await benchReplay({
    sizes: wanted,
    stacks: lengths,
    runs,
    say: (line) => void process.stderr.write(`${line}\n`),
  })
  await mkdir(dirname(values.json), { recursive: true })
  await writeFile(values.json, `${JSON.stringify(report, null, 2)}\n`)
  process.stdout.write(`${renderReplay(report)}\n\nWritten to ${values.json}.\n`)
  return 0
}

process.exitCode = await main(process.argv.slice(2))

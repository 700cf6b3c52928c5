import { mkdir, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { benchAttempt } from './attempt/bench-attempt.ts'
import { attemptUsage, readAttemptOptions, renderAttempt } from './attempt/options.ts'
import { benchHistories, historiesUsage, readHistoriesOptions } from './histories.ts'
import { benchReal } from './real/bench-real.ts'
import { readRealOptions, realUsage } from './real/options.ts'
import { renderReal } from './real/render.ts'
import { benchReplay, renderReplay } from './replay.ts'
import { readReplayOptions, replayUsage } from './replay-options.ts'
import { benchWatches } from './watches/bench-watches.ts'
import { readWatchesOptions, watchesUsage } from './watches/options.ts'
import { renderWatches } from './watches/render.ts'

const say = (line: string) => void process.stderr.write(`${line}\n`)

/** Runs the bench that the command line names; resolves to the exit code. */
async function main([name, ...argv]: readonly string[]): Promise<number> {
  if (name === 'replay') {
    const options = readReplayOptions(argv)
    if (options === null) return misunderstood(replayUsage)
    const report = await benchReplay({ ...options, say })
    await keep(report, renderReplay(report), options.json)
    return 0
  }
  if (name === 'real') {
    if (argv.includes('--help')) return help(realUsage)
    const options = readRealOptions(argv)
    if (options === null) return misunderstood(realUsage)
    const report = await benchReal(options, say)
    await keep(report, renderReal(report), options.json)
    return 0
  }
  if (name === 'histories') {
    if (argv.includes('--help')) return help(historiesUsage)
    const options = readHistoriesOptions(argv)
    if (options === null) return misunderstood(historiesUsage)
    const { text, isFine } = await benchHistories(options, say)
    process.stdout.write(`${text}\n`)
    return isFine ? 0 : 1
  }
  if (name === 'attempt') {
    if (argv.includes('--help')) return help(attemptUsage)
    const options = readAttemptOptions(argv)
    if (options === null) return misunderstood(attemptUsage)
    const report = await benchAttempt({ ...options, say })
    await keep(report, renderAttempt(report), options.json)
    return 0
  }
  if (name === 'watches') {
    const options = readWatchesOptions(argv)
    if (options === null) return misunderstood(watchesUsage)
    const report = await benchWatches(options, say)
    await keep(report, renderWatches(report), options.json)
    return 0
  }
  const all = [replayUsage, attemptUsage, realUsage, historiesUsage, watchesUsage].join('\n')
  return name === '--help' ? help(all) : misunderstood(all)
}

function help(usage: string): number {
  process.stdout.write(usage)
  return 0
}

function misunderstood(usage: string): number {
  process.stderr.write(usage)
  return 2
}

async function keep(report: unknown, table: string, file: string): Promise<void> {
  await mkdir(dirname(file), { recursive: true })
  await writeFile(file, `${JSON.stringify(report, null, 2)}\n`)
  process.stdout.write(`${table}\n\nWritten to ${file}.\n`)
}

process.exitCode = await main(process.argv.slice(2))

import { parseArgs } from 'node:util'
import { isSize, isStack, type ReplayBenchOptions, sizes, stacks } from './replay.ts'

export interface ReplayOptions extends Omit<ReplayBenchOptions, 'say'> {
  readonly json: string
}

export const replayUsage = `Usage: npm run bench -- replay [--size small,middle,huge] [--stack 10,50,200] [--runs N] [--json FILE]

Moves generated stacks by git rebase, by Undrift and, where this Git has it, by git replay, and compares them.
`

/** Reads the command line; null when it cannot be understood. */
export function readReplayOptions(argv: readonly string[]): ReplayOptions | null {
  try {
    const { values } = parseArgs({
      args: [...argv],
      options: {
        size: { type: 'string', default: sizes.map(({ name }) => name).join(',') },
        stack: { type: 'string', default: stacks.join(',') },
        runs: { type: 'string', default: '5' },
        json: { type: 'string', default: 'dist/bench/replay.json' },
      },
    })
    const wanted = values.size.split(',')
    const lengths = values.stack.split(',').map(Number)
    const runs = Number(values.runs)
    if (!wanted.every(isSize) || !lengths.every(isStack) || !(runs >= 1)) return null
    return { sizes: wanted, stacks: lengths, runs, json: values.json }
  } catch {
    return null
  }
}

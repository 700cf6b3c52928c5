import { parseArgs } from 'node:util'
import { playSeeds } from '../../git/proof/histories/play-testing.ts'
import {
  renderCounts,
  renderFailures,
  renderPlayed,
  type Tally,
  tallySeed,
} from '../../git/proof/histories/tally-testing.ts'

export interface HistoriesOptions {
  readonly seed: string
  readonly count: number
  /** The number of the first history. */
  readonly from: number
  /** Histories to show instead, such as `x/7`. */
  readonly show: readonly string[]
}

export const historiesUsage = `Usage: npm run bench -- histories [--count N] [--seed WORD] [--from NUMBER] [--show SEED/NUMBER,…]

Plans random histories in which every line is a word of its own, and holds the results against who added and removed
which word. Failures are made smaller and shown; --show shows the whole of single histories.
`

/** Reads the command line; null when it cannot be understood. */
export function readHistoriesOptions(argv: readonly string[]): HistoriesOptions | null {
  try {
    const { values } = parseArgs({
      args: [...argv],
      options: {
        count: { type: 'string', default: '2000' },
        seed: { type: 'string', default: new Date().toISOString().slice(0, 10) },
        from: { type: 'string', default: '0' },
        show: { type: 'string', default: '' },
      },
    })
    const [count, from] = [Number(values.count), Number(values.from)]
    if (!(count >= 1) || !(from >= 0)) return null
    return { seed: values.seed, count, from, show: values.show.split(',').filter(Boolean) }
  } catch {
    return null
  }
}

/** Plays the histories and tells what came of them; whether nothing is broken. */
export async function benchHistories(
  options: HistoriesOptions,
  say: (line: string) => void,
): Promise<{ readonly text: string; readonly isFine: boolean }> {
  if (options.show.length > 0) {
    const played = await playSeeds(options.show)
    const isFine = played.every(({ breaches }) => breaches.length === 0)
    return { text: played.map(renderPlayed).join('\n\n'), isFine }
  }
  const { seed, count, from } = options
  const started = performance.now()
  let told = 0
  const onProgress = (done: number, failed: number): void => {
    if (done - told < 1_000) return
    told = done
    say(`${done} of ${count}, ${failed} failed, ${Math.round((performance.now() - started) / 1_000)} s`)
  }
  const tally = await tallySeed(seed, count, { from, onProgress })
  return { text: await render(options, tally), isFine: tally.failed.length === 0 }
}

async function render({ seed, count, from }: HistoriesOptions, tally: Tally): Promise<string> {
  const asked = tally.asked.map(({ history }) => history.script.seed).join(' ')
  const parts = [
    `seed ${seed}, histories ${from} to ${from + count - 1}: ${tally.failed.length} failed`,
    renderCounts(tally),
    ...(asked === '' ? [] : [`asked where git is clean: ${asked}`]),
    await renderFailures(tally),
  ]
  return parts.filter((part) => part !== '').join('\n\n')
}

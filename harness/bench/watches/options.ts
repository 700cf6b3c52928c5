import { parseArgs } from 'node:util'
import { parseDuration } from '../../../config/duration.ts'

export interface WatchesOptions {
  readonly watches: readonly number[]
  readonly intervalSeconds: number
  /** Length of the measured window, which is never shorter than the longest wait of a watch; null for just that. */
  readonly minutes: number | null
  readonly workers: number
  readonly address: string | null
  readonly serverPids: readonly number[]
  readonly json: string
}

export const watchesUsage = `Usage: npm run bench -- watches [--watches 1000,5000,20000] [--interval 5m] [--minutes M] [--workers N] [--json FILE]
                                [--address HOST:PORT [--server-pid PID,PID]]

Lets so many watches poll a feed server on loopback, on the embedded server or on one that is named.
`

/** Reads the command line; null when it cannot be understood. */
export function readWatchesOptions(argv: readonly string[]): WatchesOptions | null {
  try {
    const { values } = parseArgs({
      args: [...argv],
      options: {
        watches: { type: 'string', default: '1000,5000,20000' },
        interval: { type: 'string', default: '5m' },
        minutes: { type: 'string' },
        workers: { type: 'string', default: '1' },
        address: { type: 'string' },
        'server-pid': { type: 'string' },
        json: { type: 'string', default: 'dist/bench/watches.json' },
      },
    })
    const options = {
      watches: values.watches.split(',').map(Number),
      intervalSeconds: parseDuration(values.interval) ?? Number.NaN,
      minutes: values.minutes === undefined ? null : Number(values.minutes),
      workers: Number(values.workers),
      address: values.address ?? null,
      serverPids: values['server-pid']?.split(',').map(Number) ?? [],
      json: values.json,
    }
    const whole = [...options.watches, options.workers, ...options.serverPids]
    const sound = whole.every((number) => Number.isInteger(number) && number > 0)
    return sound && options.intervalSeconds > 0 && (options.minutes ?? 1) > 0 ? options : null
  } catch {
    return null
  }
}

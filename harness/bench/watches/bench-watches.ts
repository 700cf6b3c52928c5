import { randomBytes } from 'node:crypto'
import { availableParallelism, cpus, loadavg } from 'node:os'
import { performance } from 'node:perf_hooks'
import { setTimeout as pause } from 'node:timers/promises'
import { applyWatches, type Watched } from '../../../client/apply-watches.ts'
import { callsAtOnce, inTurns } from '../../../client/in-turns.ts'
import { type Session, withSession } from '../../../client/session.ts'
import { listWatches } from '../../../client/watches.ts'
import { watchId } from '../../../domain/ids.ts'
import { type FeedLoad, startFeedLoad } from './feed-load.ts'
import { type Measured, measureWindow } from './measure-window.ts'
import type { WatchesOptions } from './options.ts'
import { settingsFor } from './settings.ts'
import { openWatchStage } from './stage.ts'
import { makeUpstream } from './upstream.ts'

/** One row of the table. */
export interface WatchesRow extends Measured {
  readonly watches: number
  readonly intervalSeconds: number
  readonly workers: number
  /** How long it took to start all watches, as `undrift apply` does. */
  readonly applySeconds: number
  /** From then until each watch had sent a conditional request. */
  readonly warmUpSeconds: number
  /** Watches that had not when it was waited for no longer. */
  readonly cold: number
  /** How long it takes to look at all watches, as `undrift status` does. */
  readonly statusSeconds: number
  readonly databaseBytes: number | null
}

export interface WatchesReport {
  readonly machine: string
  readonly node: string
  readonly server: 'embedded' | 'own'
  readonly rows: readonly WatchesRow[]
}

type Say = (line: string) => void

/** Measures each number of watches: on a fresh embedded server each, or one after the other on the one that is named. */
export async function benchWatches(options: WatchesOptions, say: Say): Promise<WatchesReport> {
  const rows: WatchesRow[] = []
  for (const watches of options.watches) rows.push(await measure(watches, options, say))
  return {
    machine: `${availableParallelism()} × ${cpus()[0]?.model ?? 'unknown'}`,
    node: process.version,
    server: options.address === null ? 'embedded' : 'own',
    rows,
  }
}

async function measure(watches: number, options: WatchesOptions, say: Say): Promise<WatchesRow> {
  const { intervalSeconds, workers } = options
  await using feeds = await startFeedLoad(watches)
  await using stage = await openWatchStage(options)
  const run = randomBytes(3).toString('hex')
  const settings = settingsFor(watches, {
    run,
    intervalSeconds,
    url: feeds.url,
    git: makeUpstream(stage.data.root),
  })
  const names = settings.upstreams.map(({ name }) => name)
  // The variable by which an operator would choose this server.
  const surroundings = { data: stage.data, env: { TEMPORAL_ADDRESS: stage.address } }
  return await withSession(surroundings, async (session) => {
    try {
      const applySeconds = await clock(() => apply(session, settings))
      say(`${watches} watches started in ${applySeconds} s; load ${loadavg()[0]?.toFixed(1)}`)
      let cold = 0
      const warmUpSeconds = await clock(async () => {
        cold = await warmUp(feeds, watches, 12 * intervalSeconds + 60)
      })
      say(`warm after ${warmUpSeconds} s, ${cold} watches not`)
      const measured = await measureWindow({ ...options, names, feeds, stage, session })
      say(`measured for ${measured.windowSeconds} s`)
      const statusSeconds = await clock(() => listWatches(session).catch(() => []))
      const databaseBytes = await stage.databaseSize()
      const row = { watches, intervalSeconds, workers, applySeconds, warmUpSeconds, cold, statusSeconds }
      return { ...row, ...measured, databaseBytes }
    } finally {
      if (options.address !== null) await removeWatches(session, names)
    }
  })
}

/** Goes on where it was when a server with too much to do refuses a call, as an operator would. */
async function apply(session: Session, settings: Watched): Promise<void> {
  for (let refusals = 0; ; refusals += 1) {
    try {
      await applyWatches(session, settings, { prune: false })
      return
    } catch (error) {
      if (refusals === 10) throw error
      await pause(5_000)
    }
  }
}

/** Waits until each watch has asked for the third time: after the baseline and its first look, with a validator. */
async function warmUp(feeds: FeedLoad, watches: number, longestSeconds: number): Promise<number> {
  const deadline = Date.now() + longestSeconds * 1000
  let cold = Array.from({ length: watches }, (_, watch) => watch)
  while (cold.length > 0 && Date.now() < deadline) {
    cold = cold.filter((watch) => feeds.arrivals(watch).length < 3)
    await pause(100)
  }
  return cold.length
}

async function removeWatches({ client }: Session, names: readonly string[]): Promise<void> {
  await inTurns(names, callsAtOnce, (name) =>
    client.workflow
      .getHandle(watchId(name))
      .terminate('the bench is over')
      .catch(() => {}),
  )
}

/** Seconds that the work took. */
async function clock(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now()
  await work()
  return Math.round((performance.now() - start) / 100) / 10
}

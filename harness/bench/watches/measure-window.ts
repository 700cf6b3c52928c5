import { loadavg } from 'node:os'
import { setTimeout as pause } from 'node:timers/promises'
import type { Session } from '../../../client/session.ts'
import type { FeedLoad } from './feed-load.ts'
import { startMeter, type Used } from './meter.ts'
import { askPromise, lateness, type Promised, quantile } from './promises.ts'
import type { WatchStage } from './stage.ts'
import { busySeconds } from './usage.ts'

/** What was seen in the measured window. */
export interface Measured {
  readonly windowSeconds: number
  readonly pollsPerMinute: number
  /** What the interval and its jitter ask for. */
  readonly wantedPerMinute: number
  /** The part of the polls that was answered with a 304. */
  readonly notModified: number
  /** Milliseconds from when the server had promised a poll to its request, of a sample of the watches. */
  readonly lateness: { readonly p50: number; readonly p95: number; readonly most: number }
  readonly sample: number
  /** Promises of the sample that were not kept by the end; they count as late up to then. */
  readonly unkept: number
  readonly eventsPerPoll: number
  readonly server: Used
  readonly worker: Used
  readonly feeds: Used
  /** Cores that everything else on this machine kept busy meanwhile, the bench included. */
  readonly otherCores: number
  /** The machine's load average at the end. */
  readonly load: number
}

export interface WindowOptions {
  readonly names: readonly string[]
  readonly feeds: FeedLoad
  readonly stage: WatchStage
  readonly session: Session
  readonly intervalSeconds: number
  readonly minutes: number | null
}

const largestSample = 500
/** Little beside the polls themselves. */
const asksPerSecond = 10

/** Looks at the watches for as long as the longest wait of one of them, or longer. */
export async function measureWindow(options: WindowOptions): Promise<Measured> {
  const { names, feeds, stage, intervalSeconds, minutes } = options
  const sample = sampleOf(names.length)
  // A delay is up to a tenth longer than the interval; the promise that the last ask hears of falls into the window, too.
  const longestWait = 1_100 * intervalSeconds + 1_000
  const windowMs = Math.max((minutes ?? 0) * 60_000, (sample.length / asksPerSecond) * 1000 + longestWait)
  const meters = {
    server: await startMeter(stage.serverPids),
    worker: await startMeter(stage.workerPids),
    feeds: await startMeter([feeds.pid]),
  }
  const busyBefore = await busySeconds()
  const start = Date.now()
  const promised = await askAll(sample, options)
  await pause(Math.max(0, start + windowMs - Date.now()))
  const end = Date.now()
  const busy = (await busySeconds()) - busyBefore
  const used = {
    server: await meters.server.stop(),
    worker: await meters.worker.stop(),
    feeds: await meters.feeds.stop(),
  }
  const load = loadavg()[0] ?? 0
  // What came in at the very end is still on its way here from the feed server's process.
  await pause(500)
  const seconds = (end - start) / 1000
  const { polls, notModified } = feeds.count(start, end)
  const own = used.server.cores + used.worker.cores + used.feeds.cores
  return {
    windowSeconds: Math.round(seconds),
    pollsPerMinute: Math.round((polls * 60) / seconds),
    wantedPerMinute: Math.round((names.length * 60) / (1.05 * intervalSeconds)),
    notModified: polls === 0 ? 0 : notModified / polls,
    ...kept(promised, { feeds, end }),
    eventsPerPoll: await eventsPerPoll(promised, options),
    ...used,
    otherCores: Math.max(0, busy / seconds - own),
    load,
  }
}

/** Watches that are spread evenly over all of them. */
function sampleOf(watches: number): readonly number[] {
  const size = Math.min(watches, largestSample)
  return Array.from({ length: size }, (_, index) => Math.floor((index * watches) / size))
}

/** What the server promises each of these watches, asked one after the other at an even pace. */
async function askAll(
  sample: readonly number[],
  { names, session }: WindowOptions,
): Promise<ReadonlyMap<number, Promised>> {
  const promised = new Map<number, Promised>()
  const start = Date.now()
  for (const [index, watch] of sample.entries()) {
    await pause(Math.max(0, start + (index * 1000) / asksPerSecond - Date.now()))
    const answer = await askPromise(session, names[watch] ?? '')
    if (answer !== null) promised.set(watch, answer)
  }
  return promised
}

function kept(
  promised: ReadonlyMap<number, Promised>,
  { feeds, end }: { readonly feeds: FeedLoad; readonly end: number },
): Pick<Measured, 'lateness' | 'sample' | 'unkept'> {
  let unkept = 0
  const values = [...promised].map(([watch, { due }]) => {
    const late = lateness(due, feeds.arrivals(watch))
    if (late === null) unkept += 1
    return late ?? Math.max(0, end - due)
  })
  const part = (of: number) => Math.round(quantile(values, of))
  return { lateness: { p50: part(0.5), p95: part(0.95), most: part(1) }, sample: values.length, unkept }
}

/** Events that the sample's histories grew by, for each poll since they were looked at first. */
async function eventsPerPoll(
  promised: ReadonlyMap<number, Promised>,
  { names, feeds, session }: WindowOptions,
): Promise<number> {
  let events = 0
  let polls = 0
  for (const [watch, before] of promised) {
    const after = await askPromise(session, names[watch] ?? '')
    if (after === null) continue
    events += after.events - before.events
    polls += feeds.arrivals(watch).filter((at) => at > before.askedAt).length
  }
  return polls === 0 ? 0 : events / polls
}

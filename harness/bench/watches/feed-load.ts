import { fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import type { FeedMessage } from './feed-process.ts'

/** How many loopback addresses the feeds are spread over. */
const hosts = 64

/** The feeds of a bench, and what was asked of them. */
export interface FeedLoad extends AsyncDisposable {
  readonly pid: number
  /** Where the feed of this watch is. */
  url(watch: number): string
  /** The times at which this watch asked, oldest first, in milliseconds. */
  arrivals(watch: number): readonly number[]
  /** How many requests came in from one time to another, and how many of them were answered with a 304. */
  count(from: number, to: number): { readonly polls: number; readonly notModified: number }
}

/** Starts the process that serves the feeds of so many watches. */
export async function startFeedLoad(watches: number): Promise<FeedLoad> {
  const extension = import.meta.url.endsWith('.ts') ? 'ts' : 'js'
  const child = fork(fileURLToPath(new URL(`./feed-process.${extension}`, import.meta.url)))
  const times: number[][] = Array.from({ length: watches }, () => [])
  const all: { readonly at: number; readonly notModified: 0 | 1 }[] = []
  const listening = new Promise<number>((resolve) => {
    child.on('message', (message: FeedMessage) => {
      if (message.kind === 'listening') return resolve(message.port)
      for (const [watch, at, notModified] of message.arrivals) {
        times[watch]?.push(at)
        all.push({ at, notModified })
      }
    })
  })
  const gone = once(child, 'exit')
  const port = await Promise.race([
    listening,
    gone.then(() => {
      throw new Error('The feed server ended.')
    }),
  ])
  return {
    pid: child.pid ?? 0,
    url: (watch) => `http://127.0.0.${1 + (watch % hosts)}:${port}/watch-${watch}/releases.atom`,
    arrivals: (watch) => times[watch] ?? [],
    count(from, to) {
      const within = all.filter(({ at }) => at >= from && at < to)
      return { polls: within.length, notModified: within.filter((one) => one.notModified === 1).length }
    },
    async [Symbol.asyncDispose]() {
      if (child.connected) child.disconnect()
      await gone
    },
  }
}

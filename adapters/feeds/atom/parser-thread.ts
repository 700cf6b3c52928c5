import { Worker } from 'node:worker_threads'
import type { FeedEntry, ParserMessage } from './feed-entry.ts'
import { startWorkDeadline } from './work-deadline.ts'

/** Runs as source and as built code. */
const workerFile = new URL(
  import.meta.url.endsWith('.ts') ? './parse-feed-worker.ts' : './parse-feed-worker.js',
  import.meta.url,
)

/** The thread itself comes up in a fraction of this; a busy machine needs more. */
const startMilliseconds = 20_000

const resourceLimits = { maxOldGenerationSizeMb: 192, maxYoungGenerationSizeMb: 32, stackSizeMb: 4 }

export type ParsedFeed =
  | { readonly kind: 'entries'; readonly entries: readonly FeedEntry[] }
  | { readonly kind: 'invalid'; readonly words: string }
  | { readonly kind: 'too-slow' }
  | { readonly kind: 'too-large' }

export interface ParseOptions {
  /** Of a processor, for the parsing alone; starting the thread is not counted, nor is waiting for a core. */
  readonly milliseconds: number
  readonly signal: AbortSignal
}

/** A thread that parses one document after the other, never two at a time. */
export interface ParserThread {
  parse(xml: string, options: ParseOptions): Promise<ParsedFeed>
  /** How many documents it has read to their end; null once one of them has used it up. */
  read(): number | null
  /** Whether it alone keeps the process running. */
  hold(kind: 'working' | 'idle'): void
  end(): Promise<void>
}

/** Starts a thread, which a hostile document can use up without harm to anybody else. */
export function startParserThread(): ParserThread {
  const worker = new Worker(workerFile, { resourceLimits, env: {}, stdin: false })
  let read: number | null = 0
  let ready = false
  // What happens to an idle thread is found out by its next document.
  worker.on('error', () => {})
  worker.on('exit', () => {
    read = null
  })

  /** Milliseconds of a processor. */
  async function used(): Promise<number> {
    const { user, system } = await worker.cpuUsage()
    return (user + system) / 1000
  }

  function parse(xml: string, { milliseconds, signal }: ParseOptions): Promise<ParsedFeed> {
    worker.postMessage(xml)
    return new Promise<ParsedFeed>((resolve, reject) => {
      const tooSlow = () => settle({ kind: 'too-slow' })
      const begin = () => startWorkDeadline(tooSlow, { milliseconds, used })
      let stopWaiting = ready ? begin() : startWait(tooSlow)
      const listeners = {
        message(message: ParserMessage) {
          if (message.kind !== 'ready') return settle(message, 'sound')
          ready = true
          stopWaiting()
          stopWaiting = begin()
        },
        error(error: unknown) {
          const code: unknown = error instanceof Error && 'code' in error ? error.code : null
          const isMemory = code === 'ERR_WORKER_OUT_OF_MEMORY'
          settle(isMemory ? { kind: 'too-large' } : { kind: 'invalid', words: 'the parser gave up' })
        },
        exit: () => settle({ kind: 'invalid', words: 'the parser gave up' }),
      }
      const onAbort = () => {
        leave('used up')
        reject(signal.reason)
      }
      function leave(state: 'sound' | 'used up'): void {
        stopWaiting()
        signal.removeEventListener('abort', onAbort)
        for (const [event, listener] of Object.entries(listeners)) worker.off(event, listener)
        read = state === 'sound' && read !== null ? read + 1 : null
      }
      function settle(result: ParsedFeed, state: 'sound' | 'used up' = 'used up'): void {
        leave(state)
        resolve(result)
      }
      for (const [event, listener] of Object.entries(listeners)) worker.on(event, listener)
      signal.addEventListener('abort', onAbort, { once: true })
    })
  }

  return {
    parse,
    read: () => read,
    hold: (kind) => (kind === 'idle' ? worker.unref() : worker.ref()),
    end: async () => void (await worker.terminate()),
  }
}

function startWait(end: () => void): () => void {
  const timer = setTimeout(end, startMilliseconds)
  return () => clearTimeout(timer)
}

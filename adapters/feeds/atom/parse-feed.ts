import { Worker } from 'node:worker_threads'
import type { FeedEntry, ParserMessage } from './feed-entry.ts'

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
  /** For the parsing alone; starting the thread is not counted. */
  readonly milliseconds: number
  readonly signal: AbortSignal
}

/** Parses Atom or RSS in a thread of its own, which a hostile document can use up without harm to anybody else. */
export async function parseFeed(xml: string, options: ParseOptions): Promise<ParsedFeed> {
  if (declaresEntities(xml)) return { kind: 'invalid', words: 'it declares entities of its own' }
  options.signal.throwIfAborted()
  const worker = new Worker(workerFile, { workerData: xml, resourceLimits, env: {}, stdin: false })
  try {
    return await waitForResult(worker, options)
  } finally {
    await worker.terminate()
  }
}

function waitForResult(worker: Worker, { milliseconds, signal }: ParseOptions): Promise<ParsedFeed> {
  return new Promise((resolve, reject) => {
    let timer = setTimeout(() => resolve({ kind: 'too-slow' }), startMilliseconds)
    const settle = (result: ParsedFeed) => {
      clearTimeout(timer)
      resolve(result)
    }
    signal.addEventListener('abort', () => reject(signal.reason), { once: true })
    worker.on('message', (message: ParserMessage) => {
      if (message.kind !== 'ready') {
        settle(message)
        return
      }
      clearTimeout(timer)
      timer = setTimeout(() => resolve({ kind: 'too-slow' }), milliseconds)
    })
    worker.on('error', (error) => {
      const code: unknown = error instanceof Error && 'code' in error ? error.code : null
      settle(
        code === 'ERR_WORKER_OUT_OF_MEMORY'
          ? { kind: 'too-large' }
          : { kind: 'invalid', words: 'the parser gave up' },
      )
    })
    worker.on('exit', () => settle({ kind: 'invalid', words: 'the parser gave up' }))
  })
}

/** A document type declaration with an internal subset can hold an entity bomb; no feed needs one. */
function declaresEntities(xml: string): boolean {
  const start = xml.indexOf('<!DOCTYPE')
  if (start === -1 || /<[A-Za-z_]/.test(xml.slice(0, start))) return false
  const end = xml.indexOf('>', start)
  return xml.slice(start, end === -1 ? undefined : end).includes('[')
}

import { availableParallelism } from 'node:os'
import { createTurns } from '../../../domain/turns.ts'
import { type ParsedFeed, type ParseOptions, type ParserThread, startParserThread } from './parser-thread.ts'

/** More at once would only wait for the same cores, and take the memory of as many heaps. */
const mostThreads = Math.min(4, availableParallelism())
/** A thread ends after so many documents, and when nothing has come for so long: its heap goes with it. */
const mostDocuments = 100
const idleMilliseconds = 10_000

const idle: { readonly thread: ParserThread; readonly timer: NodeJS.Timeout }[] = []
const takeTurn = createTurns(mostThreads)

/** Parses Atom or RSS in a thread beside, which a hostile document can use up without harm to anybody else. */
export async function parseFeed(xml: string, options: ParseOptions): Promise<ParsedFeed> {
  if (declaresEntities(xml)) return { kind: 'invalid', words: 'it declares entities of its own' }
  return takeTurn(async () => {
    options.signal.throwIfAborted()
    const thread = takeThread()
    try {
      return await thread.parse(xml, options)
    } finally {
      await leaveThread(thread)
    }
  })
}

function takeThread(): ParserThread {
  for (let kept = idle.pop(); kept; kept = idle.pop()) {
    clearTimeout(kept.timer)
    if (kept.thread.read() === null) continue
    kept.thread.hold('working')
    return kept.thread
  }
  return startParserThread()
}

async function leaveThread(thread: ParserThread): Promise<void> {
  const read = thread.read()
  if (read === null || read >= mostDocuments) return thread.end()
  thread.hold('idle')
  const timer = setTimeout(() => {
    idle.splice(
      idle.findIndex((kept) => kept.thread === thread),
      1,
    )
    void thread.end()
  }, idleMilliseconds)
  timer.unref()
  idle.push({ thread, timer })
}

/** A document type declaration with an internal subset can hold an entity bomb; no feed needs one. */
function declaresEntities(xml: string): boolean {
  const start = xml.indexOf('<!DOCTYPE')
  if (start === -1 || /<[A-Za-z_]/.test(xml.slice(0, start))) return false
  const end = xml.indexOf('>', start)
  return xml.slice(start, end === -1 ? undefined : end).includes('[')
}

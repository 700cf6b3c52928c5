import { UndriftError } from '../../domain/errors.ts'
import { endGroup, type GitOptions, type Place, startGit } from './command.ts'
import { gitFailure } from './failure.ts'
import type { GitProcess } from './git-process.ts'

/** A git process that stays and answers questions; one costs a fraction of starting a process. Close it when done. */
export interface Resident {
  /** Writes the question as it stands; answers come in the order of the questions. */
  ask(question: string | Uint8Array, frame?: Frame): Promise<Buffer>
  close(): Promise<void>
}

/**
 * How long the answer at the front of `bytes` is; more than `bytes.length` while it is not whole. `from` is where the
 * bytes begin that were not there at the last look.
 */
export type Frame = (bytes: Buffer, from: number) => number

interface Question {
  readonly frame: Frame
  resolve(answer: Buffer): void
  reject(error: unknown): void
}

export interface ResidentOptions extends GitOptions {
  /** What is written after the questions of one turn, for a process that answers many together when it is told to. */
  readonly endOfTurn?: string
  /** Starts the process, where that is not git itself. */
  readonly start?: () => GitProcess
}

/** Starts a resident git process in its own group; an abort ends it, and every open question rejects with the reason. */
export function startResident(
  place: Place,
  argv: readonly string[],
  frame: Frame,
  options: ResidentOptions = {},
): Resident {
  const { endOfTurn = '', start, ...own } = options
  const child = start ? start() : startGit(place, argv, own)
  const signal = options.signal ?? place.signal ?? null
  const waiting: Question[] = []
  const inbox = makeInbox()
  let ended: { readonly error: unknown } | null = null
  let closing = false
  let isGathering = false

  const abort = () => endGroup(child.group)
  signal?.addEventListener('abort', abort, { once: true })
  if (signal?.aborted) abort()

  function fail(error: unknown): void {
    ended ??= { error }
    signal?.removeEventListener('abort', abort)
    for (const question of waiting.splice(0)) question.reject(ended.error)
  }

  /** Questions that are asked together go out together: a system call each would cost more than the answers. */
  function gather(): void {
    isGathering = true
    child.stdin.cork()
    process.nextTick(() => {
      isGathering = false
      if (endOfTurn !== '' && !closing) child.stdin.write(endOfTurn)
      child.stdin.uncork()
    })
  }

  // The process may end before it read everything; its end tells why.
  child.stdin.on('error', () => {})
  const over = child.end.then(
    ({ code, stderr }) => fail(signal?.aborted ? signal.reason : gitFailure(argv, stderr, { code })),
    (cause: unknown) =>
      fail(new UndriftError('UNDRIFT_E_GIT', `git ${argv[0]} could not be started.`, { cause })),
  )
  child.stdout?.on('data', (chunk: Buffer) => {
    inbox.add(chunk)
    while (waiting.length > 0) {
      const answer = inbox.take(waiting[0]?.frame ?? frame)
      if (answer === null) return
      waiting.shift()?.resolve(answer)
    }
  })

  return {
    ask(question, own = frame) {
      if (ended !== null) return Promise.reject(ended.error)
      if (closing) return Promise.reject(new UndriftError('UNDRIFT_E_GIT', `git ${argv[0]} is being closed.`))
      return new Promise((resolve, reject) => {
        waiting.push({ frame: own, resolve, reject })
        if (!isGathering) gather()
        child.stdin.write(question)
      })
    },
    async close() {
      closing = true
      child.stdin.end()
      await over
    },
  }
}

/** Collects what arrives; its room doubles, so that an answer of many chunks is copied a few times, not once per chunk. */
function makeInbox() {
  /** What was joined is `room` from `start` to `end`; what was handed out lies before it and is never written again. */
  let room: Buffer = Buffer.alloc(0)
  let [start, end] = [0, 0]
  let chunks: Buffer[] = []
  let held = 0
  let needed = 1
  let looked = 0
  const join = (): Buffer => {
    if (start === end && chunks.length === 1 && chunks[0]) {
      room = chunks[0]
      start = 0
      end = room.length
    } else if (chunks.length > 0) {
      if (room.length - start < held) {
        const wider = Buffer.allocUnsafeSlow(Math.max(held, 2 * (end - start)))
        room.copy(wider, 0, start, end)
        room = wider
        end -= start
        start = 0
      }
      for (const chunk of chunks) end += chunk.copy(room, end)
    }
    chunks = []
    return room.subarray(start, end)
  }
  return {
    add(chunk: Buffer): void {
      chunks.push(chunk)
      held += chunk.length
    },
    /** The answer at the front; null while it is not whole. */
    take(frame: Frame): Buffer | null {
      if (held === 0 || held < needed) return null
      const bytes = join()
      const length = frame(bytes, looked)
      if (length > bytes.length) {
        needed = length
        looked = bytes.length
        return null
      }
      needed = 1
      looked = 0
      held -= length
      start += length
      return bytes.subarray(0, length)
    },
  }
}

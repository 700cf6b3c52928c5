/** What is done with a host: listings are short and light, and thousands of watches may need one. */
export type Lane = 'transfer' | 'listing'

/** At the same time with one host; a host that hangs holds up only itself. */
const perHost: Readonly<Record<Lane, number>> = { transfer: 4, listing: 16 }
/** All of a process: each is a process or two, and memory. */
const inAll = 64

interface Waiting {
  readonly key: string
  readonly most: number
  readonly go: () => void
}

const busy = new Map<string, number>()
const waiting: Waiting[] = []
let working = 0

/** Runs `work` when its host has a free slot. Rejects with the signal's reason when that is aborted while it waits. */
export async function atHost<T>(
  host: string,
  work: () => Promise<T>,
  options: { readonly lane: Lane; readonly signal?: AbortSignal | null },
): Promise<T> {
  const key = `${options.lane} ${host}`
  await turn({ key, most: perHost[options.lane] }, options.signal ?? null)
  try {
    return await work()
  } finally {
    working -= 1
    const left = (busy.get(key) ?? 1) - 1
    if (left === 0) busy.delete(key)
    else busy.set(key, left)
    next()
  }
}

function turn(of: Pick<Waiting, 'key' | 'most'>, signal: AbortSignal | null): Promise<void> {
  signal?.throwIfAborted()
  return new Promise((resolve, reject) => {
    const abort = () => {
      waiting.splice(waiting.indexOf(entry), 1)
      reject(signal?.reason as Error)
    }
    const entry: Waiting = {
      ...of,
      go: () => {
        signal?.removeEventListener('abort', abort)
        resolve()
      },
    }
    signal?.addEventListener('abort', abort, { once: true })
    waiting.push(entry)
    next()
  })
}

/** Lets in whoever came first of those whose host has a slot. */
function next(): void {
  while (working < inAll) {
    const at = waiting.findIndex(({ key, most }) => (busy.get(key) ?? 0) < most)
    const entry = waiting[at]
    if (entry === undefined) return
    waiting.splice(at, 1)
    busy.set(entry.key, (busy.get(entry.key) ?? 0) + 1)
    working += 1
    entry.go()
  }
}

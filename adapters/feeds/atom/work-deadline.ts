/** So many times its deadline may a thread wait for a core before it is given up all the same. */
const patience = 10
const leastPauseMs = 20

export interface WorkDeadlineOptions {
  /** How long the thread may work. */
  readonly milliseconds: number
  /** Milliseconds of a processor that the thread has used so far; it may fail, and need not answer. */
  readonly used: () => Promise<number>
}

/**
 * Calls `end` once a thread has worked for so long, by the processor's time and not by the clock: on a busy machine a thread
 * waits more than it works. A thread that cannot be asked has worked all the time; one that gets no core in ten times
 * its deadline is given up. Returns what calls the deadline off.
 */
export function startWorkDeadline(end: () => void, { milliseconds, used }: WorkDeadlineOptions): () => void {
  let isOver = false
  const finish = () => {
    if (isOver) return
    stop()
    end()
  }
  const last = setTimeout(finish, patience * milliseconds)
  const before = used().catch(() => null)
  let timer = setTimeout(() => void look(), milliseconds)

  async function look(): Promise<void> {
    const [start, now] = await Promise.all([before, used().catch(() => null)])
    if (isOver) return
    const left = start === null || now === null ? 0 : milliseconds - (now - start)
    if (left <= 0) finish()
    else timer = setTimeout(() => void look(), Math.max(leastPauseMs, left))
  }
  function stop(): void {
    isOver = true
    clearTimeout(last)
    clearTimeout(timer)
  }
  return stop
}

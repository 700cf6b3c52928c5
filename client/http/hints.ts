/** What became of a hint: the feed is polled now, or once more after the gap, together with other hints. */
export type Hinted = 'now' | 'soon'

export interface HintOptions {
  /** Makes the watch of an upstream look at its feed. */
  readonly poll: (upstream: string) => Promise<void>
  /** Between two polls of one upstream. */
  readonly gapMilliseconds: number
  /** Takes what a poll that nobody waits for any more came to, where it failed. */
  readonly onFailure: (upstream: string, error: unknown) => void
}

export interface Hints {
  /** Rejects only when the poll that it asked for at once could not be asked for. */
  readonly hint: (upstream: string) => Promise<Hinted>
  /** Forgets what waits. */
  readonly stop: () => void
}

interface Pending {
  again: boolean
  timer: NodeJS.Timeout | null
}

/** Turns any number of hints into few polls: one at once, and one more after the gap for all that came in between. */
export function createHints({ poll, gapMilliseconds, onFailure }: HintOptions): Hints {
  const busy = new Map<string, Pending>()
  let stopped = false

  async function ask(upstream: string, pending: Pending): Promise<void> {
    try {
      await poll(upstream)
    } catch (error) {
      // Nothing was polled, so the next hint may try at once.
      if (!pending.again) busy.delete(upstream)
      throw error
    } finally {
      if (!stopped && busy.get(upstream) === pending) {
        pending.timer = setTimeout(() => endGap(upstream, pending), gapMilliseconds)
      }
    }
  }

  function endGap(upstream: string, pending: Pending): void {
    if (!pending.again) return void busy.delete(upstream)
    pending.again = false
    ask(upstream, pending).catch((error: unknown) => onFailure(upstream, error))
  }

  return {
    async hint(upstream) {
      const pending = busy.get(upstream)
      if (pending !== undefined) {
        pending.again = true
        return 'soon'
      }
      const first: Pending = { again: false, timer: null }
      busy.set(upstream, first)
      await ask(upstream, first)
      return 'now'
    },
    stop() {
      stopped = true
      for (const { timer } of busy.values()) if (timer !== null) clearTimeout(timer)
      busy.clear()
    },
  }
}

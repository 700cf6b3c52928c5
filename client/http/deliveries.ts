/** The deliveries that were taken, the oldest forgotten first. */
export interface Deliveries {
  /** Remembers a delivery; false when it is remembered already. */
  readonly take: (upstream: string, id: string) => boolean
  /** Forgets one that came to nothing, so that the forge may send it again. */
  readonly forget: (upstream: string, id: string) => void
}

/** A memory of at most so many deliveries, whatever is sent. */
export function createDeliveries(most = 10_000): Deliveries {
  const known = new Set<string>()
  return {
    take(upstream, id) {
      const name = `${upstream} ${id}`
      if (known.has(name)) return false
      known.add(name)
      const [oldest] = known
      if (known.size > most && oldest !== undefined) known.delete(oldest)
      return true
    },
    forget: (upstream, id) => void known.delete(`${upstream} ${id}`),
  }
}

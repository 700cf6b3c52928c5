/** What was read or made before, up to a weight: then what came first is forgotten, and will be made again. */
export interface BoundedCache<V> {
  get(key: string): Promise<V> | undefined
  set(key: string, value: Promise<V>): void
}

/** Opens a cache whose values weigh no more than `most` together, for longer than a moment. */
export function boundedCache<V>(most: number, weigh: (value: V) => number): BoundedCache<V> {
  const known = new Map<string, Promise<V>>()
  const weights = new Map<string, number>()
  let total = 0
  const forget = (key: string): void => {
    known.delete(key)
    total -= weights.get(key) ?? 0
    weights.delete(key)
  }
  const weighed = (key: string, value: Promise<V>, weight: number): void => {
    if (known.get(key) !== value || weights.has(key)) return
    weights.set(key, weight)
    total += weight
    if (total <= most) return
    // Half goes at once: forgetting one by one would come again with every value.
    for (const oldest of [...known.keys()]) {
      if (total <= most / 2) break
      if (oldest !== key) forget(oldest)
    }
  }
  return {
    get: (key) => known.get(key),
    set: (key, value) => {
      forget(key)
      known.set(key, value)
      // Whoever waits for it hears of a failure; a later question asks again.
      value.then(
        (made) => weighed(key, value, 1 + weigh(made)),
        () => {
          if (known.get(key) === value) forget(key)
        },
      )
    },
  }
}

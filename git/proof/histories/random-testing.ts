/** Numbers that depend on a seed alone. */
export interface Random {
  /** A whole number from 0 to below the limit. */
  below(limit: number): number
  /** One of the values; a value may stand several times to be chosen more often. */
  one<T>(values: readonly T[]): T
  /** Whether something happens that happens once in so many times. */
  onceIn(times: number): boolean
}

/** A source of numbers; the same seed gives the same numbers. Method: splitmix32 on a hash of the seed (FNV-1a). */
export function randomOf(seed: string): Random {
  let state = 0x811c9dc5
  for (const byte of Buffer.from(seed)) state = Math.imul(state ^ byte, 0x01000193)
  const next = (): number => {
    state = (state + 0x9e3779b9) | 0
    let mixed = Math.imul(state ^ (state >>> 16), 0x21f0aaad)
    mixed = Math.imul(mixed ^ (mixed >>> 15), 0x735a2d97)
    return (mixed ^ (mixed >>> 15)) >>> 0
  }
  const below = (limit: number): number => next() % limit
  return {
    below,
    one: (values) => values[below(values.length)] as (typeof values)[number],
    onceIn: (times) => below(times) === 0,
  }
}

/** Runs work when its turn comes, and passes the turn on when it has ended. */
export type TakeTurn = <T>(work: () => Promise<T>) => Promise<T>

/** Turns for so many at once; who comes later waits, first come first served. */
export function createTurns(atOnce: number): TakeTurn {
  const waiting: (() => void)[] = []
  let working = 0

  async function turn(): Promise<void> {
    if (working < atOnce) working += 1
    else await new Promise<void>((resolve) => waiting.push(resolve))
  }

  function pass(): void {
    const next = waiting.shift()
    if (next) next()
    else working -= 1
  }

  return async (work) => {
    await turn()
    try {
      return await work()
    } finally {
      pass()
    }
  }
}

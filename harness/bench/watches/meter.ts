import { type Usage, usageOf } from './usage.ts'

/** What some processes used over a time. */
export interface Used {
  /** Average number of cores in use. */
  readonly cores: number
  /** The most that was seen, in bytes. */
  readonly memory: number
}

export interface Meter {
  stop(): Promise<Used>
}

const lookEveryMs = 5_000

/** Begins to count what these processes and their descendants use. */
export async function startMeter(pids: readonly number[]): Promise<Meter> {
  const start = Date.now()
  const before = await usageOf(pids)
  let memory = before.memory
  const see = (usage: Usage) => {
    memory = Math.max(memory, usage.memory)
  }
  const timer = setInterval(() => void usageOf(pids).then(see), lookEveryMs)
  return {
    async stop() {
      clearInterval(timer)
      const after = await usageOf(pids)
      see(after)
      return { cores: ((after.cpuSeconds - before.cpuSeconds) * 1000) / (Date.now() - start), memory }
    },
  }
}

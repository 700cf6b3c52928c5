import { type Bench, bubblewrapMissing, makeBench } from '../../adapters/sandboxes/testing.ts'
import type { NetworkRule } from '../../domain/settings.ts'
import { demand, type HostileCase } from './hostile-case.ts'

interface Tried {
  readonly output: string
  readonly ended: string | null
  readonly exitCode: number | null
}

interface BoxAttack {
  readonly tries: string
  readonly network?: NetworkRule
  /** What the attack needs beside bubblewrap, and this machine lacks. */
  readonly missing?: string | null
  /** Only where the end of the time is what stops it: a busy machine is slow. */
  readonly timeoutMs?: number
  /** What stopped it; null where nothing did. */
  readonly holds: (tried: Tried) => string | null
}

/** A command in the box, and what must hold of what came of it. */
export function inBox(
  name: string,
  command: string,
  { tries, network = false, missing = null, timeoutMs = 60_000, holds }: BoxAttack,
): HostileCase {
  return onBench({ name, tries, missing }, async (bench) => {
    const limits = { timeoutMs, outputBytes: 100_000, processes: 100 }
    const tried = await bench.run('bubblewrap', command, { limits, network })
    const by = holds(tried)
    demand(by !== null, `ended ${tried.ended}, exit ${tried.exitCode}: ${tried.output.slice(-200)}`)
    return by ?? ''
  })
}

/** An attack from a box of its own, which is taken down after it. */
export function onBench(
  { name, tries, missing }: Pick<HostileCase, 'name' | 'tries'> & { readonly missing: string | null },
  attack: (bench: Bench) => Promise<string>,
): HostileCase {
  const run = async (): Promise<string> => {
    const bench = await makeBench()
    try {
      return await attack(bench)
    } finally {
      await bench.remove()
    }
  }
  return { name, tries, missing: bubblewrapMissing ?? missing, run }
}

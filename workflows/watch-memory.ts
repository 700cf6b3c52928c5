import { ActivityFailure } from '@temporalio/common'
import { condition, sleep } from '@temporalio/workflow'
import { keptPart, recalled } from '../domain/lines/kept-knowledge.ts'
import { packKnowledge, unpackKnowledge } from '../domain/lines/packed-knowledge.ts'
import type { ForkSettings, UpstreamSettings } from '../domain/settings.ts'
import type { WatchKnowledge } from '../domain/watch.ts'
import { watchMemory } from './activity-proxies.ts'

/** How long a person's word waits for its place in Git before it is answered all the same. */
const patience = '10s'
/** How often it is tried again to read what was kept: nothing starts before that. */
const recallEvery = '1m'

export interface WatchMemory {
  /** Writes what is known into Git where that is something else now; returns at once. */
  readonly keep: () => void
  /** Waits until it is written, for a while. */
  readonly kept: () => Promise<unknown>
  /** What a watch knew before its database was lost; null at first contact. */
  readonly recall: () => Promise<WatchKnowledge | null>
}

/** Keeps what a watch knows beside the ledger: the server's database may be thrown away. */
export function watchMemoryOf(watch: {
  readonly upstream: () => UpstreamSettings
  readonly forks: () => readonly ForkSettings[]
  readonly known: () => WatchKnowledge | null
}): WatchMemory {
  let inGit = ''
  let writing = false

  async function write(): Promise<void> {
    writing = true
    try {
      for (let known = watch.known(); known !== null && keptPart(known) !== inGit; known = watch.known()) {
        await watchMemory.keepWatch({ upstream: watch.upstream(), known: packKnowledge(known) })
        inGit = keptPart(known)
      }
    } catch (error) {
      // What is said next tries again.
      if (!(error instanceof ActivityFailure)) throw error
    } finally {
      writing = false
    }
  }

  return {
    keep: () => {
      if (!writing) void write()
    },
    kept: () => condition(() => !writing, patience),
    recall: async () => {
      while (true) {
        try {
          const { recallWatch } = watchMemory
          const kept = await recallWatch({ upstream: watch.upstream(), forks: watch.forks() })
          return kept === null ? null : recalled(unpackKnowledge(kept))
        } catch (error) {
          if (!(error instanceof ActivityFailure)) throw error
          await sleep(recallEvery)
        }
      }
    },
  }
}

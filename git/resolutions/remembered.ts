import type { Settle } from '../replay/replayer.ts'
import type { Workshop } from '../replay/workshop.ts'
import { settle } from './resolutions.ts'

/** Settles conflicts by the repository's remembered resolutions; those of this very attempt count as resolved, not reused. */
export function rememberedResolutions(workshop: Workshop, attempt: string | null): Settle {
  const { quarantine } = workshop
  return async (conflicts, tree) => {
    quarantine.objects.flush()
    const settled = await settle(quarantine.source, { tree, conflicts }, { objects: quarantine })
    if (!settled) return null
    const { tree: settledTree, resolution } = settled
    const day = settled.at.slice(0, 10)
    return settled.attempt !== null && settled.attempt === attempt
      ? { tree: settledTree, resolution, verdict: 'resolved', reason: `Resolved by ${settled.by}.` }
      : {
          tree: settledTree,
          resolution,
          verdict: 'reused',
          reason: `Reused what ${settled.by} settled on ${day}${settled.attempt === null ? '' : ` in ${settled.attempt}`}.`,
        }
  }
}

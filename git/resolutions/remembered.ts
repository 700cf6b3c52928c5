import type { Settle } from '../replay/replayer.ts'
import type { Workshop } from '../replay/workshop.ts'
import { markedPath } from './inspect-resolution.ts'
import { readResolution, settle } from './resolutions.ts'

/** Settles conflicts by the repository's remembered resolutions; those of this very attempt count as resolved, not reused. */
export function rememberedResolutions(workshop: Workshop, attempt: string | null): Settle {
  const { quarantine } = workshop
  return async (conflicts, tree) => {
    quarantine.objects.flush()
    const settled = await settle(quarantine.source, { tree, conflicts }, { objects: quarantine })
    if (!settled) return null
    const resolution = await readResolution(quarantine, settled.resolution)
    // One that an older version took: the conflict is asked again, and nothing with markers is committed.
    if (resolution === null || (await markedPath(quarantine, resolution)) !== null) return null
    const { tree: settledTree, resolution: oid } = settled
    const day = settled.at.slice(0, 10)
    return settled.attempt !== null && settled.attempt === attempt
      ? { tree: settledTree, resolution: oid, verdict: 'resolved', reason: `Resolved by ${settled.by}.` }
      : {
          tree: settledTree,
          resolution: oid,
          verdict: 'reused',
          reason: `Reused what ${settled.by} settled on ${day}${settled.attempt === null ? '' : ` in ${settled.attempt}`}.`,
        }
  }
}

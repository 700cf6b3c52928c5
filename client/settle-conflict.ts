import {
  listResolutions,
  type Mirror,
  packResolution,
  type ResolutionPack,
  removeTree,
  takeConflict,
  type UnsettledPath,
} from '../git/index.ts'
import type { AttemptStatus } from '../workflows/messages.ts'
import type { LocalReplay } from './local-conflict.ts'

/** What taking a person's work came to. */
export type Settlement =
  | { readonly kind: 'unsettled'; readonly paths: readonly UnsettledPath[] }
  /** Remembered; `resolutions` go with the `resume`, as far as a message can carry them. */
  | { readonly kind: 'settled'; readonly resolutions: readonly ResolutionPack[] }

/** Most that the resolutions of one message may weigh, in base64 characters. */
const longestPacks = 128 * 1024

/** Takes what a person made of the conflict, remembers it, and removes the work tree. */
export async function settleConflict(
  local: LocalReplay,
  status: AttemptStatus,
  decided: { readonly by: string; readonly at: string },
): Promise<Settlement> {
  const { mirror, result, dir } = local
  if (result.kind === 'done') {
    // Taken before, but the attempt was not told: an earlier call was cut short.
    return { kind: 'settled', resolutions: await packsOf(mirror, await resolutionsOf(mirror, status.id)) }
  }
  const taken = await takeConflict(mirror, { conflict: result.at, dir, attempt: status.id, ...decided })
  if (taken.kind === 'unsettled') return taken
  await removeTree(dir)
  return { kind: 'settled', resolutions: await packsOf(mirror, [taken.resolution]) }
}

async function resolutionsOf(mirror: Mirror, attempt: string): Promise<readonly string[]> {
  const all = await listResolutions(mirror)
  return all.filter((resolution) => resolution.attempt === attempt).map((resolution) => resolution.oid)
}

/** As many as one message carries; a worker that shares this data folder finds the others in the mirror. */
async function packsOf(mirror: Mirror, oids: readonly string[]): Promise<readonly ResolutionPack[]> {
  const packs: ResolutionPack[] = []
  let left = longestPacks
  for (const oid of oids) {
    const packed = await packResolution(mirror, oid)
    if (packed.pack.length > left) continue
    left -= packed.pack.length
    packs.push(packed)
  }
  return packs
}

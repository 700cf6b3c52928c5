import { UndriftError } from '../domain/errors.ts'
import type { Oid } from '../domain/patch.ts'
import {
  type Mirror,
  packResolution,
  type ResolutionPack,
  takeConflict,
  type UnsettledPath,
} from '../git/index.ts'
import type { AttemptStatus } from '../workflows/messages.ts'
import type { LocalReplay } from './local-conflict.ts'

/** What taking a person's work came to. */
export type Settlement =
  | { readonly kind: 'unsettled'; readonly paths: readonly UnsettledPath[] }
  /** Remembered; `resolutions` go with the `resume`, but for so many that are too heavy for a message. */
  | { readonly kind: 'settled'; readonly resolutions: readonly ResolutionPack[]; readonly heavy: number }

/** Most that the resolutions of one message may weigh, in base64 characters. */
const longestPacks = 128 * 1024

/**
 * Takes what a person made of the conflict and remembers it, once the replay goes on from it. The work tree stays: it goes
 * when the attempt has heard of it.
 */
export async function settleConflict(
  local: LocalReplay,
  status: AttemptStatus,
  decided: { readonly by: string; readonly at: string },
): Promise<Settlement> {
  const { mirror, result, dir } = local
  // What settled it was taken before, or comes from another attempt: the attempt may know of neither.
  if (result.kind === 'done') return settledWith(local, [])
  const taken = await takeConflict(mirror, { conflict: result.at, dir, attempt: status.id, ...decided })
  if (taken.kind === 'unsettled') return taken
  const next = await local.again()
  if (next.kind === 'conflict' && next.at.patch.oid === result.at.patch.oid) {
    throw new UndriftError('UNDRIFT_E_REFUSED', `The replay still stops at ${result.at.patch.oid}.`, {
      hint: `Your work is kept in ${dir}; look at it again, then run the command again.`,
    })
  }
  return settledWith(local, [taken.resolution])
}

/** The new resolutions, and those that brought the replay here and that the attempt does not carry. */
async function settledWith(
  { mirror, result, carried }: LocalReplay,
  taken: readonly Oid[],
): Promise<Settlement> {
  const used = new Set([...taken, ...result.reports.flatMap(({ resolution }) => resolution ?? [])])
  for (const { oid } of carried) used.delete(oid)
  return { kind: 'settled', ...(await packsOf(mirror, [...used])) }
}

/** As many as one message carries; a worker that shares this data folder finds the others in the mirror. */
async function packsOf(
  mirror: Mirror,
  oids: readonly Oid[],
): Promise<{ readonly resolutions: readonly ResolutionPack[]; readonly heavy: number }> {
  const packs: ResolutionPack[] = []
  let left = longestPacks
  for (const oid of oids) {
    const packed = await packResolution(mirror, oid)
    if (packed.pack.length > left) continue
    left -= packed.pack.length
    packs.push(packed)
  }
  return { resolutions: packs, heavy: oids.length - packs.length }
}

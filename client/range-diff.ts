import { UndriftError } from '../domain/errors.ts'
import {
  hasObject,
  type Mirror,
  openMirror,
  type ResolutionPack,
  rangeDiff,
  recordedRangeDiff,
} from '../git/index.ts'
import type { AttemptStatus } from '../workflows/messages.ts'
import { replayHere } from './local-conflict.ts'
import type { LocalMirror } from './mirrors.ts'
import type { Surroundings } from './server.ts'

/**
 * How an attempt's replay changed the patches: from this data folder's mirror, else by making the replay again. Throws
 * UNDRIFT_E_REFUSED for an attempt without a replayed stack.
 */
export async function attemptRangeDiff(
  from: Surroundings,
  status: AttemptStatus,
  carried: () => Promise<readonly ResolutionPack[]>,
): Promise<string> {
  const { base, stackHead, onto, head } = status
  if (base === null || stackHead === null || onto === null || head === null) {
    throw new UndriftError('UNDRIFT_E_REFUSED', `${status.id} has no replayed stack to compare.`, {
      hint: `See where it stands: undrift show ${status.id}`,
    })
  }
  const mirror = await openMirror({ path: from.data.mirrorOf(status.settings.upstream.name) })
  if (await hasAll(mirror, [base, stackHead, onto, head]))
    return rangeDiff(mirror, { base, head: stackHead }, { base: onto, head })
  const { result } = await replayHere(from, status, await carried())
  if (result.kind === 'done' && result.head === head) return result.rangeDiff
  throw new UndriftError('UNDRIFT_E_NOT_FOUND', `The replayed stack ${head} is not in ${mirror.path}.`, {
    hint: 'Run it on the worker whose data folder holds the mirror.',
  })
}

/** The range-diff that a ledger keeps beside an entry, from whichever mirror has it; null where there is none. */
export async function rangeDiffOfEntry(
  mirrors: readonly LocalMirror[],
  entry: string,
): Promise<string | null> {
  for (const { mirror } of mirrors) {
    const found = await recordedRangeDiff(mirror, entry)
    if (found !== null) return found
  }
  return null
}

async function hasAll(mirror: Mirror, oids: readonly string[]): Promise<boolean> {
  return (await Promise.all(oids.map((oid) => hasObject(mirror, oid)))).every(Boolean)
}

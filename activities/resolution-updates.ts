import {
  hasObject,
  isRevoked,
  listRefs,
  type Mirror,
  type PushUpdate,
  type RemoteRef,
  type Resolution,
  readResolution,
} from '../git/index.ts'

/**
 * The resolutions, and what was revoked, that a remote lacks or has an older word of. Only what this fork's own attempts
 * settled: the mirror is shared by forks, and a resolution holds files.
 */
export async function resolutionUpdates(
  mirror: Mirror,
  fork: string,
  there: readonly RemoteRef[],
): Promise<readonly PushUpdate[]> {
  const values = new Map(there.map(({ ref, oid }) => [ref, oid]))
  const updates: PushUpdate[] = []
  for (const kind of ['resolutions', 'revoked']) {
    for (const { ref, oid } of await listRefs(mirror, `refs/undrift/${kind}`)) {
      const expected = values.get(ref) ?? null
      if (expected === oid) continue
      const mine = await readResolution(mirror, oid)
      if (!mine?.attempt?.startsWith(`maintain/${fork}/`)) continue
      if (kind === 'resolutions' && (await isRevoked(mirror, mine))) continue
      if (expected !== null && !(await isNewer(mirror, mine, expected))) continue
      updates.push({ ref, to: oid, expected })
    }
  }
  return updates
}

/** A value that this mirror could not take in is another's word, and is left alone. */
async function isNewer(mirror: Mirror, mine: Resolution, theirs: string): Promise<boolean> {
  const other = (await hasObject(mirror, theirs)) ? await readResolution(mirror, theirs) : null
  return other !== null && Date.parse(mine.at) > Date.parse(other.at)
}

import type { Oid, Verdict } from '../../domain/patch.ts'
import type { RecordedAttempt } from './ledger.ts'

/** What became of a patch in one release. */
export interface PatchStep {
  readonly attempt: string
  readonly tag: string
  readonly at: string
  readonly oid: Oid
  readonly newOid: Oid | null
  readonly verdict: Verdict | null
  readonly reason: string
}

/**
 * Follows one patch over the releases, the oldest first: a step begins with the commit that an earlier one ended with.
 * `oid` may be the patch at any time; `attempts` are a ledger's, the newest first.
 */
export function followPatch(attempts: readonly RecordedAttempt[], oid: Oid): readonly PatchStep[] {
  const steps = [...attempts]
    .reverse()
    .flatMap(({ attempt, tag, at, patches }) => patches.map((patch) => ({ attempt, tag, at, ...patch })))
  const known = new Set([oid])
  // Backwards to where the patch began, then forwards to all that it became.
  for (const step of [...steps].reverse())
    if (step.newOid !== null && known.has(step.newOid)) known.add(step.oid)
  for (const step of steps) if (step.newOid !== null && known.has(step.oid)) known.add(step.newOid)
  return steps
    .filter((step) => known.has(step.oid))
    .map(({ attempt, tag, at, oid: from, newOid, verdict, reason }) => ({
      attempt,
      tag,
      at,
      oid: from,
      newOid,
      verdict,
      reason,
    }))
}

import { ActivityFailure } from '@temporalio/common'
import type { PinnedRelease } from '../domain/release.ts'
import { ledger, quickLedger } from './activity-proxies.ts'
import type { Attempt } from './attempt.ts'

/**
 * Has an attempt that ended written into the ledger, also one that was blocked before anything was fetched.
 * What goes wrong is said in the attempt's reason and changes nothing else.
 */
export async function leaveRecord(attempt: Attempt): Promise<void> {
  const { outcome, reason, settings, ...ended } = attempt.status()
  if (outcome === null) return
  const { id, tag, updatedAt, base, onto, stackHead, head } = ended
  try {
    const { unpublished } = await (ended.worker === null ? quickLedger : ledger).recordAttempt({
      settings,
      attempt: id,
      tag,
      outcome,
      reason,
      at: updatedAt,
      base,
      onto,
      stackHead,
      head,
      ...(ended.release === null ? {} : { release: releaseOf(ended.release, ended.signer) }),
      patches: ended.patches,
      checks: ended.checks.map(({ command, exitCode, ended: why, milliseconds }) => {
        return { command, exitCode, ended: why, milliseconds }
      }),
      candidates: ended.candidates.map(({ ref, remote, sha, pushed }) => ({ ref, remote, sha, pushed })),
      decisions: ended.decisions,
    })
    if (unpublished.length > 0) attempt.learn({ reason: [reason, ...unpublished].join(' ') })
  } catch (error) {
    if (!(error instanceof ActivityFailure)) throw error
    const why = error.cause?.message ?? error.message
    attempt.learn({ reason: `${reason} The ledger could not be brought up to date: ${why}` })
  }
}

function releaseOf({ tagObject }: PinnedRelease, signer: string | undefined) {
  return { tagObject, ...(signer === undefined ? {} : { signer }) }
}

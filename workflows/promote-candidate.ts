import { ActivityFailure } from '@temporalio/common'
import { ApplicationFailure, setCurrentDetails } from '@temporalio/workflow'
import { failureTypes } from '../domain/failure-types.ts'
import { gitActivities, ledger } from './activity-proxies.ts'
import type { PromoteInput, PromoteResult } from './messages.ts'
import { showInLists } from './search-attributes.ts'

const patienceMs = 10 * 60_000

/** Moves the maintained branch to a candidate, because a person said so; keeps the old value under a backup ref first. */
export async function promoteCandidate(input: PromoteInput): Promise<PromoteResult> {
  const { settings, attempt, tag, to, expected, by } = input
  const { name, branch } = settings.fork
  setCurrentDetails(`### ${name}: \`${branch}\` → ${tag}\n\n${by} moves \`${expected}\` to \`${to}\`.`)
  showInLists(
    { upstream: settings.upstream.name, fork: name, release: tag, phase: 'pushing' },
    new Date(Date.now()),
  )
  const activities = gitActivities(`move ${branch} to ${to.slice(0, 10)}`, patienceMs, {
    outages: 'tell-soon',
  })
  const result = await activities.moveBranch({ settings, attempt, tag, to, expected })
  if (result.kind === 'refused') {
    throw ApplicationFailure.create({
      type: failureTypes.refused,
      message: result.reason,
      nonRetryable: true,
    })
  }
  const { backups } = result
  const at = new Date(Date.now()).toISOString()
  const { name: fork, line } = settings.fork
  const event = {
    kind: 'promotion',
    fork,
    line,
    tag,
    by,
    at,
    attempt,
    branch,
    from: expected,
    to,
    backups,
  } as const
  try {
    await ledger.recordEvent({ settings, event })
  } catch (error) {
    // The branch has moved; the record must not say otherwise.
    if (!(error instanceof ActivityFailure)) throw error
  }
  return { branch, from: expected, to, backups, by, at }
}

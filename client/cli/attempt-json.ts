import type { PromoteResult } from '../../workflows/messages.ts'
import type { AttemptDetails } from '../attempt-details.ts'
import type { AttemptRow } from '../attempts.ts'

/** The body of `show --json`; `version` is added by the command. */
export function attemptJson(
  details: AttemptDetails,
  webUi: string | null,
  promotion: PromoteResult | null = null,
): object {
  const { row, status } = details
  return {
    ...rowJson(row),
    reason: status?.reason ?? details.note ?? null,
    upstream: status?.upstream ?? null,
    release: status?.release ?? null,
    objection: status?.objection ?? null,
    signer: status?.signer ?? null,
    base: status?.base ?? null,
    onto: status?.onto ?? null,
    stackHead: status?.stackHead ?? null,
    standsOn: status?.standsOn ?? null,
    head: status?.head ?? null,
    patches: status?.patches ?? [],
    leftOut: status?.leftOut ?? null,
    checks: status?.checks ?? [],
    conflict: status?.conflict ?? null,
    intervention: row.phase === 'waiting' ? (status?.intervention ?? null) : null,
    candidates: status?.candidates ?? [],
    promotion,
    decisions: status?.decisions ?? [],
    webUi,
  }
}

function rowJson(row: AttemptRow): AttemptRow {
  const { id, fork, line, tag, phase, outcome, needs, startedAt, updatedAt, retrying } = row
  const base = { id, fork, line, tag, phase, outcome, needs, startedAt, updatedAt }
  return retrying == null ? base : { ...base, retrying }
}

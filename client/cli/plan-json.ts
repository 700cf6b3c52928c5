import type { Plan } from '../../git/replay/plan.ts'
import type { PatchRecord } from '../../git/replay/record.ts'

/** The plan as `--json` shows it. */
export function planJson(plan: Plan): object {
  const { base, head, onto, result, merges, upstreams, suspects, rangeDiff } = plan
  const pending = plan.pending.map(({ pattern, command, patch }) => ({ pattern, command, patch }))
  return {
    version: 1,
    base,
    head,
    onto,
    result,
    patches: plan.patches.map(patchJson),
    merges,
    upstreamCommits: upstreams,
    suspects,
    ...(pending.length === 0 ? {} : { pending }),
    ...(rangeDiff === null ? {} : { rangeDiff }),
  }
}

function patchJson(patch: PatchRecord): object {
  return {
    oid: patch.oid,
    subject: patch.subject,
    author: patch.author,
    verdict: patch.verdict,
    newOid: patch.newOid,
    landedAs: patch.landedAs,
    cause: patch.cause,
    reason: patch.reason,
    paths: patch.paths,
    ...(patch.encodedPaths ? { encodedPaths: true } : {}),
    folded: patch.folded,
    suggestion: patch.suggestion,
    conflict: patch.conflict,
    ...(patch.lost.length > 0 ? { lost: patch.lost } : {}),
  }
}

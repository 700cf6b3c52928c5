import type { Check } from './attempt.ts'
import { type LeftOut, type PatchReport, verdicts } from './patch.ts'

/** What a candidate came to, in two lines: each patch and check stands elsewhere in full. */
export function candidateSummary(of: {
  readonly patches: readonly PatchReport[]
  readonly checks: readonly Check[]
  readonly leftOut?: LeftOut | null
}): readonly string[] {
  const { patches, checks, leftOut = null } = of
  const counts = verdicts
    .map((verdict) => ({ verdict, count: patches.filter((patch) => patch.verdict === verdict).length }))
    .filter(({ count }) => count > 0)
    .map(({ verdict, count }) => `${count} ${verdict}`)
  const stack = `${patches.length === 1 ? '1 patch' : `${patches.length} patches`}: ${counts.join(', ')}`
  const passed = checks.length === 1 ? '1 check passed' : `${checks.length} checks passed`
  return [
    patches.length === 0 ? 'the fork carries no patch' : stack,
    ...(leftOut === null ? [] : [leftOutSentence(leftOut)]),
    checks.length === 0 ? 'no check is configured' : passed,
  ]
}

/** Says which commits of the branch an attempt left out because they are upstream's own. */
export function leftOutSentence({ count, newest }: LeftOut): string {
  const commits = count === 1 ? '1 upstream commit' : `${count} upstream commits`
  return `left out: ${commits} of the branch that the release does not contain (newest: ${newest.oid.slice(0, 10)} ${newest.subject})`
}

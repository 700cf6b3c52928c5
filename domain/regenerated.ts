import { type PendingFiles, standInReason } from './generated.ts'
import type { Oid, PatchReport } from './patch.ts'

/** Files that a command made again, and the commit of the replay that they were folded into. */
export interface MadeFiles extends PendingFiles {
  /** The first few of the paths that are others than in the replay. */
  readonly paths: readonly string[]
  /** How many there are. */
  readonly count: number
}

/** Where a commit of the replay went when made files were folded in; null where nothing of it was left. */
export interface MovedCommit {
  readonly from: Oid
  readonly to: Oid | null
}

/** What making files again came to. */
export interface Regenerated {
  readonly files: readonly MadeFiles[]
  readonly moved: readonly MovedCommit[]
  /** Changed by the commands and named by no pattern: left alone. The first few, and how many there are. */
  readonly outside: { readonly paths: readonly string[]; readonly count: number }
}

/** The reports of a replay after the made files were folded into its commits. */
export function regeneratedReports(
  reports: readonly PatchReport[],
  made: Regenerated,
): readonly PatchReport[] {
  const moved = new Map(made.moved.map(({ from, to }) => [from, to]))
  return reports.map((report) => {
    const { newOid: from } = report
    if (from === null) return report
    const newOid = moved.has(from) ? (moved.get(from) ?? null) : from
    const files = made.files.filter(({ met, commit }) => commit === from || met.includes(from))
    const reason = toldReason(report, files, { outside: made.outside, isLeft: newOid !== null })
    if (newOid === null) return { ...report, newOid, verdict: 'emptied', reason }
    // Who settled a conflict matters more than that a command made a file beside it.
    const isSettled = report.verdict === 'resolved' || report.verdict === 'reused'
    const isTarget = files.some(({ commit }) => commit === from)
    return { ...report, newOid, verdict: isTarget && !isSettled ? 'regenerated' : report.verdict, reason }
  })
}

/** The reason, in which what the replay left open is told to its end. */
function toldReason(
  { oid, newOid, reason }: PatchReport,
  files: readonly MadeFiles[],
  { outside, isLeft }: { readonly outside: Regenerated['outside']; readonly isLeft: boolean },
): string {
  // What was folded into another patch says only that.
  const own = files.filter((file) => file.patch === oid || reason.includes(standInReason(file)))
  if (own.length === 0) return reason
  const told = own.reduce((text, file) => {
    const open = standInReason(file)
    const sentence = file.commit === newOid ? endOf(file) : laterOf(file)
    return text.includes(open) ? text.replace(open, () => sentence) : `${text} ${sentence}`
  }, reason)
  const isTarget = own.some(({ commit }) => commit === newOid)
  return [
    ...(isLeft ? [] : ['Nothing is left of it.']),
    told,
    ...(isTarget && outside.count > 0
      ? [`What was changed beside was left alone: ${listed(outside.paths, outside.count)}.`]
      : []),
  ].join(' ')
}

function laterOf({ pattern, command }: MadeFiles): string {
  return `\`${command}\` made \`${pattern}\` again in a later patch.`
}

function endOf({ pattern, command, paths, count }: MadeFiles): string {
  return count === 0
    ? `\`${command}\` left \`${pattern}\` as upstream has it.`
    : `\`${command}\` made it again: ${listed(paths, count)}.`
}

function listed(paths: readonly string[], count: number): string {
  const shown = paths.slice(0, 3)
  const more = count - shown.length
  return more > 0 ? `${shown.join(', ')} and ${more} more` : shown.join(', ')
}

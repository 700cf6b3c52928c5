import type { Oid } from '../../../domain/patch.ts'
import type { Plan } from '../../../git/replay/plan.ts'
import type { PatchRecord } from '../../../git/replay/record.ts'
import type { Suspect } from '../../../git/types.ts'
import type { PlanTitle } from '../plan-title.ts'
import type { Style } from '../style.ts'
import { conflictPaths, foldedReason, type PathsOptions } from './conflict-paths.ts'
import { oneLine, shortened, table } from './table.ts'
import { verdictWord } from './words.ts'

export interface PlanView {
  readonly style: Style
  /** Names every path of a conflict. */
  readonly verbose: boolean
  /** The subject of an upstream commit. */
  readonly subjectOf: (oid: Oid) => Promise<string>
  readonly title: PlanTitle
}

/** A plan for a person: one line a patch, what needs a look, and the verdict on the whole at the end. */
export async function renderPlan(plan: Plan, view: PlanView): Promise<string> {
  return [view.title.line(plan.base), ...patchLines(plan, view), await outcomeLine(plan, view)].join('\n')
}

/** One line a patch, and what needs a look: all of a plan but the verdict on the whole. */
export function patchLines(
  plan: Plan,
  { style, verbose }: Pick<PlanView, 'style' | 'verbose'>,
): readonly string[] {
  const rows = plan.patches.flatMap((patch, index) => {
    if (patch.verdict === null) return notTriedRows(plan, index, style)
    const isPlain = patch.verdict === 'unchanged' && patch.lost.length === 0
    return [
      [
        style.dim(padded(index)),
        verdictWord(patch.verdict, style),
        style.dim(patch.oid.slice(0, 10)),
        shortened(oneLine(patch.subject)),
        style.dim(oneLine(isPlain ? '' : reasonOf(patch, { verbose }))),
      ],
    ]
  })
  const lines = rows.length === 0 ? [] : [table(rows)]
  for (const suspect of plan.suspects) {
    lines.push(
      style.yellow(suspectLine(suspect)),
      ...suspect.lost.slice(0, 5).map((line) => `  ${oneLine(line)}`),
    )
  }
  if (plan.upstreams.length > 0) lines.push(style.dim(leftOutLine(plan)))
  return lines
}

/** One row for a whole range of patches that come after a conflict, at the first of them. */
function notTriedRows(plan: Plan, index: number, style: Style): readonly (readonly string[])[] {
  const isTried = (at: number) => plan.patches[at]?.verdict !== null
  if (index > 0 && !isTried(index - 1)) return []
  const next = plan.patches.findIndex((_, at) => at > index && isTried(at))
  const last = (next === -1 ? plan.patches.length : next) - 1
  const first = plan.patches[index]
  if (first === undefined) return []
  const [range, what] =
    last === index
      ? [padded(index), shortened(oneLine(first.subject))]
      : [`${padded(index)}-${padded(last)}`, `${last - index + 1} patches`]
  const oid = last === index ? first.oid.slice(0, 10) : ''
  return [[style.dim(range), style.dim('not tried'), style.dim(oid), what, style.dim(oneLine(first.reason))]]
}

/** How many patches have which verdict; the conflicts by their numbers. */
function sumLine(plan: Plan): string {
  const counts = Map.groupBy(plan.patches, ({ verdict }) => verdict ?? 'not tried')
  const parts = [...counts].map(([verdict, patches]) => {
    const numbers =
      verdict === 'conflict' ? ` (${patches.map(({ oid }) => numberOf(plan, oid)).join(', ')})` : ''
    return `${patches.length} ${verdict}${numbers}`
  })
  return `${plan.patches.length} ${plan.patches.length === 1 ? 'patch' : 'patches'}: ${parts.join(', ')}`
}

/** What a person should look at: which patch, in which file, and what is wrong with the lines below. */
function suspectLine({ oid, path, lost, kind }: Suspect): string {
  const lines = lost.length === 1 ? 'a line' : `${lost.length} lines`
  const name = oid.slice(0, 10)
  const where = oneLine(path)
  if (kind === 'back') return `${name}: removed from ${where}, but still in the result (${lines}):`
  if (kind === 'twice') return `${name}: twice in the result (${lines}, ${where}):`
  if (kind === 'left-out')
    return `${name}: upstream has this commit, the target does not; it is left out (${where}):`
  return `${name} may have lost ${lines} in ${where}:`
}

/** Says which commits of the branch are upstream's own, and how to carry them all the same. */
function leftOutLine({ upstreams }: Plan): string {
  const count = upstreams.length === 1 ? '1 upstream commit' : `${upstreams.length} upstream commits`
  const shown = upstreams
    .slice(-3)
    .map(({ oid, subject }) => `${oid.slice(0, 10)} ${shortened(oneLine(subject))}`)
  const more = upstreams.length > shown.length ? ', …' : ''
  return `Left out: ${count} of your branch that the target does not contain (${shown.join(', ')}${more}).`
}

/** A patch by its number in the stack. */
export function numberOf(plan: Plan, oid: Oid): string {
  return padded(plan.patches.findIndex((patch) => patch.oid === oid))
}

function padded(index: number): string {
  return String(index + 1).padStart(4, '0')
}

function reasonOf(patch: PatchRecord, options: PathsOptions): string {
  const lost = patch.lost.length > 0 ? ` Lost: ${patch.lost.join(', ')}.` : ''
  const folded = patch.folded.length > 0 ? ` With ${patch.folded.length} folded in.` : ''
  const reason = foldedReason(patch.reason, patch.conflict?.paths ?? [], options)
  return `${reason}${folded}${lost}${suggestionOf(patch)}`
}

function suggestionOf({ suggestion }: PatchRecord): string {
  if (suggestion === null) return ''
  if (suggestion === 'reverted-upstream') return ' Upstream took it and reverted it.'
  const like = suggestion.as.map((oid) => oid.slice(0, 10)).join(', ')
  return ` It may have landed with changes as ${like}; if so, give --drop.`
}

/** An attempt's result is another one where it makes files again that a plan leaves as upstream has them. */
function pendingOf({ pending }: Plan): string {
  if (pending.length === 0) return ''
  const patterns = pending.map(({ pattern }) => oneLine(pattern)).join(', ')
  return ` before an attempt makes ${patterns} again`
}

/** The verdict on the whole plan. */
export async function outcomeLine(plan: Plan, view: PlanView): Promise<string> {
  const verdict = await verdictLine(plan, view)
  return plan.patches.length === 0 ? verdict : `${view.style.dim(sumLine(plan))}\n${verdict}`
}

async function verdictLine(plan: Plan, { style, subjectOf, title, verbose }: PlanView): Promise<string> {
  if (title.standing !== null && plan.result.kind === 'done') return style.green(title.standing)
  const total = plan.patches.length
  const conflicts = plan.patches.filter((patch) => patch.verdict === 'conflict')
  const settled = plan.patches.filter(
    (patch) => patch.verdict !== null && patch.verdict !== 'conflict',
  ).length
  if (plan.result.kind === 'done') {
    const what = total === 0 ? 'There is no patch to move' : `${settled} of ${total} patches apply`
    return style.green(`${what}; the result is ${plan.result.head.slice(0, 12)}${pendingOf(plan)}`)
  }
  if (plan.result.kind === 'question') {
    return style.yellow(
      `${settled} of ${total} patches apply, and a person should look at what is named above`,
    )
  }
  const clashes = await Promise.all(
    conflicts.map(async (patch) => {
      const number = numberOf(plan, patch.oid)
      const paths = conflictPaths(patch.conflict?.paths ?? [], { verbose })
      const cause = patch.conflict?.causedBy ?? null
      const isSearched = patch.conflict?.notSearched?.includes('causedBy') !== true
      const upstream =
        cause === null
          ? `upstream${isSearched ? '' : ' (cause not searched)'}`
          : `upstream ${cause.slice(0, 6)} '${oneLine(await subjectOf(cause))}'`
      return `${number} conflicts in ${paths} with ${upstream}`
    }),
  )
  const [only] = clashes
  if (clashes.length === 1 && only !== undefined)
    return style.red(`${settled} of ${total} patches apply; ${only}`)
  const list = clashes.map((clash) => `\n  ${clash}`).join('')
  return style.red(`${settled} of ${total} patches apply; ${clashes.length} conflict:${list}`)
}

import type { Candidate, Check, Intervention } from '../../../domain/attempt.ts'
import { leftOutSentence } from '../../../domain/candidate-summary.ts'
import type { PatchReport } from '../../../domain/patch.ts'
import type { AttemptStatus, PromoteResult } from '../../../workflows/messages.ts'
import type { AttemptDetails } from '../../attempt-details.ts'
import type { Style } from '../style.ts'
import { age, duration } from './age.ts'
import { retryLines } from './retry.ts'
import { indent, oneLine, shortened, table } from './table.ts'
import { shortName, stateWords, verdictWord } from './words.ts'

export interface AttemptView {
  readonly details: AttemptDetails
  readonly webUi: string | null
  readonly promotion?: PromoteResult | null
  readonly now: Date
}

/** One attempt with all that a person must know to judge it. */
export function renderAttempt(view: AttemptView, style: Style): string {
  const { row, status } = view.details
  const head = `${style.bold(oneLine(shortName(row)))}  ${stateWords(row, style)}`
  const times = style.dim(
    `started ${age(row.startedAt, view.now)}, ${row.phase === 'ended' ? 'ended' : 'updated'} ${age(row.updatedAt, view.now)}`,
  )
  const parts = [[head, times, ...retryLines(row, view.now, style)].join('\n')]
  if (status === null)
    parts.push(oneLine(view.details.note ?? 'It was ended from outside; no more is known.'))
  else parts.push(...statusParts(status, style))
  if (view.promotion != null) parts.push(promoted(view.promotion, view.now, style))
  if (view.webUi !== null) parts.push(`Web UI: ${view.webUi}`)
  parts.push(row.id)
  return parts.join('\n\n')
}

function promoted({ by, at, branch, from, to }: PromoteResult, now: Date, style: Style): string {
  const moved = `${oneLine(branch)} from ${from.slice(0, 10)} to ${to.slice(0, 10)}`
  return `${style.green('Promoted:')} ${moved} by ${oneLine(by)} ${age(at, now)}`
}

function statusParts(status: AttemptStatus, style: Style): readonly string[] {
  const asked = status.phase === 'waiting' && status.intervention !== null
  // The question stands at the end, with its answers; as a reason it would only be said twice.
  const { objection = null } = status
  const feed =
    objection === null
      ? ''
      : style.yellow(`The feed withdrew ${oneLine(status.tag)}: ${oneLine(objection.why)}.`)
  const parts = [asked ? '' : oneLine(status.reason), feed, commits(status, style)]
  if (status.patches.length > 0)
    parts.push(`${style.bold('Patches')}\n${renderPatches(status.patches, style)}`)
  if (status.checks.length > 0) parts.push(`${style.bold('Checks')}\n${renderChecks(status.checks, style)}`)
  if (status.candidates.length > 0) {
    parts.push(`${style.bold('Candidates')}\n${renderCandidates(status.candidates, style)}`)
  }
  if (status.decisions.length > 0) {
    parts.push(`${style.bold('Decisions')}\n${renderDecisions(status.decisions, style)}`)
  }
  if (asked && status.intervention !== null) {
    parts.push(renderIntervention(status.intervention, style))
  }
  return parts.filter((part) => part !== '')
}

function commits(status: AttemptStatus, style: Style): string {
  const rows = [
    ['base', status.base],
    ['release', status.onto],
    ['signed by', status.signer === undefined ? null : oneLine(status.signer)],
    ['maintained branch', branch(status)],
    ['replayed stack', status.head],
    ['left out', status.leftOut ? leftOutSentence(status.leftOut).replace('left out: ', '') : null],
  ].filter((row): row is [string, string] => typeof row[1] === 'string')
  return table(rows.map(([name, oid]) => [style.dim(`  ${name}`), oid]))
}

/** Where the maintained branch is, and the release that it stands on. */
function branch({ stackHead, standsOn }: AttemptStatus): string | null {
  return stackHead === null || standsOn == null ? stackHead : `${stackHead}, on ${oneLine(standsOn)}`
}

/** The verdict of every patch, in the stack's order. */
function renderPatches(patches: readonly PatchReport[], style: Style): string {
  return table(
    patches.map((patch, index) => [
      `  ${String(index + 1).padStart(String(patches.length).length)}`,
      verdictWord(patch.verdict, style),
      style.dim(patch.oid.slice(0, 10)),
      shortened(oneLine(patch.subject)),
      style.dim(oneLine(patch.reason)),
    ]),
  )
}

/** What each check came to, and where it is red, the end of its log. */
function renderChecks(checks: readonly Check[], style: Style): string {
  const lines = checkLines(checks, style)
  return checks
    .map((check, index) => {
      const line = lines[index] ?? ''
      if (check.exitCode === 0) return line
      const tail = check.tail.trimEnd()
      const log = style.dim(`      log: ${oneLine(check.log)}`)
      return [line, log, ...(tail === '' ? [] : [indent(tail.split('\n').map(oneLine).join('\n'), 6)])].join(
        '\n',
      )
    })
    .join('\n')
}

/** One line a check. */
export function checkLines(checks: readonly Check[], style: Style): readonly string[] {
  const rows = checks.map((check) => [
    `  ${checkWord(check, style)}`,
    oneLine(check.command),
    style.dim(duration(check.milliseconds)),
  ])
  return rows.length === 0 ? [] : table(rows).split('\n')
}

function checkWord(check: Check, style: Style): string {
  if (check.exitCode === 0) return style.green('passed')
  return style.red(check.ended ?? `exit ${check.exitCode}`)
}

function renderCandidates(candidates: readonly Candidate[], style: Style): string {
  return table(
    candidates.map((candidate) => [
      `  ${oneLine(candidate.remote)}`,
      candidate.pushed ? style.green('pushed') : style.yellow('not pushed'),
      oneLine(candidate.ref),
      candidate.sha.slice(0, 10),
      candidate.url === null ? style.dim(oneLine(candidate.repo)) : oneLine(candidate.url),
    ]),
  )
}

function renderDecisions(decisions: AttemptStatus['decisions'], style: Style): string {
  return table(
    decisions.map(({ name, by, at, signedBy }) => [
      `  ${name}`,
      oneLine(by),
      signedBy === null ? style.yellow('not signed') : style.green(`signed ${signedBy}`),
      style.dim(at),
    ]),
  )
}

/** The question that an attempt waits on: evidence, and each answer with a command that works when pasted. */
export function renderIntervention(intervention: Intervention, style: Style): string {
  const evidence = intervention.evidence.map((line) => `  ${oneLine(line)}`)
  const options = intervention.options.map((option) => {
    const [first = '', ...others] = option.commands
    const commands = [first, ...others.filter((command) => command.startsWith('undrift '))]
    return [
      `  ${style.bold(option.name)}: ${oneLine(option.effect)}`,
      ...commands.map((command) => `      ${style.cyan(command)}`),
    ].join('\n')
  })
  return [
    `${style.yellow('Needs a person:')} ${oneLine(intervention.question)}`,
    ...evidence,
    ...options,
  ].join('\n')
}

import { shellWord } from '../../../domain/shell-word.ts'
import type { AttemptDetails } from '../../attempt-details.ts'
import type { AttemptRow } from '../../attempts.ts'
import type { ListedWatch } from '../../watch-row.ts'
import type { Style } from '../style.ts'
import { age } from './age.ts'
import { renderIntervention } from './attempt.ts'
import { indent, oneLine } from './table.ts'
import { watchQuestions } from './watch-questions.ts'
import { lineFlag, shortName } from './words.ts'

export interface InboxView {
  /** Oldest first. */
  readonly questions: readonly AttemptDetails[]
  /** Attempts that could not start. */
  readonly blocked?: readonly AttemptDetails[] | undefined
  /** Attempts whose candidate was not promoted. */
  readonly offered?: readonly AttemptDetails[] | undefined
  /** Attempts that ended at once, because nobody signed their settings. */
  readonly refused?: readonly AttemptRow[]
  /** Those that need a person. */
  readonly watches: readonly ListedWatch[]
  readonly now: Date
  readonly dataOption: string
}

/** Every question that waits for a person, each with the commands that settle it. */
export function renderInbox(view: InboxView, style: Style): string {
  const parts = view.questions.map((details) => renderQuestion(details, view, style))
  parts.push(...(view.blocked ?? []).map((details) => renderBlocked(details, view, style)))
  parts.push(...(view.refused ?? []).map((row) => renderRefused(row, view, style)))
  for (const watch of view.watches) parts.push(...watchQuestions(watch, view, style))
  parts.push(...(view.offered ?? []).map((details) => renderOffered(details, view, style)))
  return parts.length === 0 ? 'Nothing waits for you.' : parts.join('\n\n')
}

function renderBlocked({ row, status }: AttemptDetails, view: InboxView, style: Style): string {
  const head = `${style.bold(oneLine(shortName(row)))}  ${style.red('blocked')}  ${style.dim(`since ${age(row.updatedAt, view.now)}`)}`
  const command = `undrift run${view.dataOption} ${shellWord(row.fork)} ${shellWord(row.tag)}${lineFlag(row)}`
  const why = status === null ? [] : [oneLine(status.reason)]
  return [
    head,
    style.dim(row.id),
    ...[...why, `try again: ${style.cyan(command)}`].map((line) => `  ${line}`),
  ].join('\n')
}

function renderOffered({ row, status }: AttemptDetails, view: InboxView, style: Style): string {
  const head = `${style.bold(oneLine(shortName(row)))}  ${style.green('candidate')}  ${style.dim(`offered ${age(row.updatedAt, view.now)}`)}`
  const promote = `undrift promote${view.dataOption} ${shellWord(row.id)}`
  const where = (status?.candidates ?? []).map(({ remote, ref }) => `${oneLine(remote)} ${oneLine(ref)}`)
  return [
    head,
    style.dim(row.id),
    ...[...where, `promote it: ${style.cyan(promote)}`].map((line) => `  ${line}`),
  ].join('\n')
}

function renderQuestion(details: AttemptDetails, view: InboxView, style: Style): string {
  const { row, status } = details
  const head = `${style.bold(oneLine(shortName(row)))}  ${style.yellow(row.needs ?? 'a person')}  ${style.dim(`since ${age(row.updatedAt, view.now)}`)}`
  const body =
    status?.intervention == null
      ? `No worker answers, so that the question is not at hand: ${style.cyan(`undrift show${view.dataOption} ${shellWord(row.id)}`)}`
      : renderIntervention(status.intervention, style)
  return [head, style.dim(row.id), indent(body, 2)].join('\n')
}

function renderRefused(row: AttemptRow, view: InboxView, style: Style): string {
  const show = style.cyan(`undrift show${view.dataOption} ${shellWord(row.id)}`)
  return [
    `${style.bold(oneLine(shortName(row)))}  ${style.red('unsigned')}  ${style.dim(`${age(row.updatedAt, view.now)}`)}`,
    style.dim(oneLine(row.id)),
    indent(
      `${style.yellow('Integrity alarm:')} somebody started it with settings that are not signed, or were altered. Nothing was run. See who can reach the Temporal server.\n  ${show}`,
      2,
    ),
  ].join('\n')
}

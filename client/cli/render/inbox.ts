import { shellWord } from '../../../domain/shell-word.ts'
import type { AttemptDetails } from '../../attempt-details.ts'
import type { ListedWatch } from '../../watches.ts'
import type { Style } from '../style.ts'
import { age } from './age.ts'
import { renderIntervention } from './attempt.ts'
import { indent, oneLine } from './table.ts'
import { shortName } from './words.ts'

export interface InboxView {
  /** Oldest first. */
  readonly questions: readonly AttemptDetails[]
  readonly degraded: readonly ListedWatch[]
  readonly now: Date
  readonly dataOption: string
}

/** Every question that waits for a person, each with the commands that settle it. */
export function renderInbox(view: InboxView, style: Style): string {
  const parts = view.questions.map((details) => renderQuestion(details, view, style))
  for (const { row, lastFailure } of view.degraded) {
    parts.push(
      [
        `${style.bold(oneLine(row.name))}  ${style.red(`${row.failures} polls failed in a row`)}`,
        ...(lastFailure === null ? [] : [`  ${oneLine(lastFailure)}`]),
        `  try again now: ${style.cyan(`undrift poll${view.dataOption} ${shellWord(row.name)}`)}`,
      ].join('\n'),
    )
  }
  return parts.length === 0 ? 'Nothing waits for you.' : parts.join('\n\n')
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

import { shellWord } from '../../../domain/shell-word.ts'
import type { AttemptDetails } from '../../attempt-details.ts'
import type { ListedWatch } from '../../watch-row.ts'
import type { Style } from '../style.ts'
import { age } from './age.ts'
import { renderIntervention } from './attempt.ts'
import { indent, oneLine } from './table.ts'
import { watchQuestions } from './watch-questions.ts'
import { shortName } from './words.ts'

export interface InboxView {
  /** Oldest first. */
  readonly questions: readonly AttemptDetails[]
  /** Those that need a person. */
  readonly watches: readonly ListedWatch[]
  readonly now: Date
  readonly dataOption: string
}

/** Every question that waits for a person, each with the commands that settle it. */
export function renderInbox(view: InboxView, style: Style): string {
  const parts = view.questions.map((details) => renderQuestion(details, view, style))
  for (const watch of view.watches) parts.push(...watchQuestions(watch, view, style))
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

import { shellWord } from '../../../domain/shell-word.ts'
import type { AttemptDetails } from '../../attempt-details.ts'
import type { Style } from '../style.ts'
import { renderIntervention } from './attempt.ts'
import { oneLine, table } from './table.ts'
import { outcomeWord } from './words.ts'

/** What an attempt came to, in a few lines; the last one names it. */
export function renderOutcome(
  details: AttemptDetails,
  options: { readonly dataOption: string; readonly style: Style },
): string {
  const { row, status } = details
  const { style } = options
  const lines: string[] = []
  if (row.phase === 'waiting' && status?.intervention)
    lines.push(renderIntervention(status.intervention, style), '')
  else if (status !== null) lines.push(oneLine(status.reason))
  else if (details.note !== undefined) lines.push(oneLine(details.note))
  if (status !== null && row.outcome === 'changed') {
    const pushed = status.candidates.filter((candidate) => candidate.pushed)
    if (pushed.length > 0) {
      lines.push(
        table(
          pushed.map((candidate) => [
            `  ${candidate.sha.slice(0, 10)}`,
            oneLine(candidate.remote),
            oneLine(candidate.ref),
          ]),
        ),
      )
    }
    lines.push(
      `Take it over with: ${style.cyan(`undrift promote${options.dataOption} ${shellWord(row.id)}`)}`,
    )
  }
  const outcome = row.phase === 'waiting' ? 'needs_intervention' : row.outcome
  lines.push(`${outcome === null ? row.phase : outcomeWord(outcome, style)}: ${row.id}`)
  return lines.join('\n')
}

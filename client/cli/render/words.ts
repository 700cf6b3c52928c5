import { relative } from 'node:path'
import type { Outcome } from '../../../domain/attempt.ts'
import type { Verdict } from '../../../domain/patch.ts'
import type { AttemptRow } from '../../attempts.ts'
import type { Style } from '../style.ts'

/** How an attempt is called in what a person reads and pastes: `<fork>@<tag>`, with the line where it matters. */
export function shortName(row: Pick<AttemptRow, 'fork' | 'line' | 'tag'>): string {
  return row.line === 'main' ? `${row.fork}@${row.tag}` : `${row.fork}/${row.line}@${row.tag}`
}

/** ` --line L` for a command about a fork where its line must be named; empty for the line `main`. */
export function lineFlag({ line }: Pick<AttemptRow, 'line'>): string {
  return line === 'main' ? '' : ` --line ${line}`
}

/** Where an attempt stands, in one or two words. */
export function stateWords(row: AttemptRow, style: Style): string {
  if (row.phase === 'waiting') return style.yellow(`waiting: ${row.needs ?? 'a person'}`)
  if (row.outcome === null) return style.cyan(row.phase)
  if (row.needs !== null) return style.red(`${row.outcome}: ${row.needs}`)
  return outcomeWord(row.outcome, style)
}

/** An outcome in its colour. */
export function outcomeWord(outcome: Outcome, style: Style): string {
  switch (outcome) {
    case 'changed':
    case 'completed':
      return style.green(outcome)
    case 'needs_intervention':
      return style.yellow(outcome)
    case 'blocked':
    case 'failed':
      return style.red(outcome)
    case 'skipped':
    case 'superseded':
      return style.dim(outcome)
  }
}

/** A verdict in its colour; a patch behind a conflict has none yet. */
export function verdictWord(verdict: Verdict | null, style: Style): string {
  switch (verdict) {
    case null:
      return style.dim('not yet')
    case 'unchanged':
    case 'context-only':
      return style.green(verdict)
    case 'merged':
    case 'reused':
    case 'regenerated':
    case 'resolved':
      return style.cyan(verdict)
    case 'landed':
    case 'emptied':
    case 'dropped':
      return style.magenta(verdict)
    case 'conflict':
      return style.red(verdict)
  }
}

/** A path as a person would write it from where they stand. */
export function shortPath(path: string, cwd: string): string {
  const short = relative(cwd, path)
  return short === '' || short.startsWith('..') ? path : short
}

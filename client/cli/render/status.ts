import { isAlarm } from '../../../domain/attempt.ts'
import type { AttemptRow } from '../../attempts.ts'
import type { UpstreamRow } from '../../watch-row.ts'
import type { Style } from '../style.ts'
import { age } from './age.ts'
import { retryLines } from './retry.ts'
import { namedRows, oneLine } from './table.ts'
import { watchLines } from './watch-lines.ts'
import { needsPerson } from './watch-questions.ts'
import { shortName, stateWords } from './words.ts'

export interface StatusView {
  readonly upstreams: readonly UpstreamRow[]
  readonly attempts: readonly AttemptRow[]
  /** Attempts that were left out of `attempts`. */
  readonly older: number
  readonly now: Date
  /** ` --data DIR` where the commands need it. */
  readonly dataOption: string
  /** Of the terminal; infinite where the text goes elsewhere. */
  readonly columns: number
}

/** What is watched and what is going on, for a person. */
export function renderStatus(view: StatusView, style: Style): string {
  const parts = [section('Upstreams', upstreamTable(view, style), style)]
  parts.push(section('Attempts', attemptTable(view, style), style))
  const waiting = view.attempts.filter((row) => row.phase === 'waiting').length
  if (view.older > 0) {
    parts.push(style.dim(`and ${view.older} that ended earlier: undrift status${view.dataOption} --all`))
  }
  const refused = view.attempts.filter((row) => row.phase === 'ended' && isAlarm(row.needs)).length
  const asking = view.upstreams.filter(needsPerson).length
  const subjects = [
    ...(waiting > 0
      ? [waiting === 1 ? '1 attempt waits for a person' : `${waiting} attempts wait for a person`]
      : []),
    ...(refused > 0
      ? [refused === 1 ? '1 attempt was not signed' : `${refused} attempts were not signed`]
      : []),
    ...(asking > 0 ? [asking === 1 ? '1 upstream needs a look' : `${asking} upstreams need a look`] : []),
  ]
  if (subjects.length > 0) {
    parts.push(`${style.yellow(`${subjects.join(', ')}:`)} undrift inbox${view.dataOption}`)
  }
  return parts.join('\n\n')
}

function section(title: string, body: string, style: Style): string {
  return `${style.bold(title)}\n${body}`
}

function upstreamTable(view: StatusView, style: Style): string {
  if (view.upstreams.length === 0) return style.dim(`  none is watched; undrift apply${view.dataOption}`)
  const rows = namedRows(
    view.upstreams.map((row) => [
      `  ${oneLine(row.name)}`,
      phaseWord(row, style),
      row.lastRelease === null ? style.dim('no release known') : oneLine(row.lastRelease),
      style.dim(`polled ${age(row.lastPollAt, view.now)}`),
      row.nextPollAt === null ? '' : style.dim(`next ${nextPoll(row.nextPollAt, view.now)}`),
    ]),
    { columns: view.columns, drop: [3, 4], names: [0, 2] },
  )
  return view.upstreams
    .flatMap((row, index) => [rows[index] ?? '', ...watchLines(row, view, style)])
    .join('\n')
}

function phaseWord(row: UpstreamRow, style: Style): string {
  const failures = row.failures === 1 ? '1 failure' : `${row.failures} failures`
  switch (row.phase) {
    case 'degraded':
      return style.red(`degraded (${failures})`)
    case 'stopped':
      return style.dim('stopped')
    case 'polling':
    case 'dispatching':
      return row.failures > 0 ? style.yellow(`${row.phase} (${failures})`) : style.green(row.phase)
  }
}

/** A poll whose time has come is on its way, or waits for a worker. */
function nextPoll(moment: string, now: Date): string {
  return Date.parse(moment) <= now.getTime() ? 'now' : age(moment, now)
}

function attemptTable(view: StatusView, style: Style): string {
  if (view.attempts.length === 0) return style.dim('  none yet')
  const rows = namedRows(
    view.attempts.map((row) => [
      `  ${oneLine(shortName(row))}`,
      stateWords(row, style),
      style.dim(`started ${age(row.startedAt, view.now)}`),
      style.dim(`updated ${age(row.updatedAt, view.now)}`),
    ]),
    { columns: view.columns, drop: [2, 3], names: [0] },
  )
  return view.attempts
    .flatMap((row, index) => [rows[index] ?? '', ...retryLines(row, view.now, style)])
    .join('\n')
}

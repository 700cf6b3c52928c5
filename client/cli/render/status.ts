import type { AttemptRow } from '../../attempts.ts'
import type { UpstreamRow } from '../../watches.ts'
import type { Style } from '../style.ts'
import { age } from './age.ts'
import { oneLine, table } from './table.ts'
import { shortName, stateWords } from './words.ts'

export interface StatusView {
  readonly upstreams: readonly UpstreamRow[]
  readonly attempts: readonly AttemptRow[]
  /** Attempts that were left out of `attempts`. */
  readonly older: number
  readonly now: Date
  /** ` --data DIR` where the commands need it. */
  readonly dataOption: string
}

/** What is watched and what is going on, for a person. */
export function renderStatus(view: StatusView, style: Style): string {
  const parts = [section('Upstreams', upstreamTable(view, style), style)]
  parts.push(section('Attempts', attemptTable(view, style), style))
  const waiting = view.attempts.filter((row) => row.phase === 'waiting').length
  if (view.older > 0) {
    parts.push(style.dim(`and ${view.older} that ended earlier: undrift status${view.dataOption} --all`))
  }
  if (waiting > 0) {
    const subject = waiting === 1 ? '1 attempt waits' : `${waiting} attempts wait`
    parts.push(`${style.yellow(`${subject} for a person:`)} undrift inbox${view.dataOption}`)
  }
  return parts.join('\n\n')
}

function section(title: string, body: string, style: Style): string {
  return `${style.bold(title)}\n${body}`
}

function upstreamTable(view: StatusView, style: Style): string {
  if (view.upstreams.length === 0) return style.dim(`  none is watched; undrift apply${view.dataOption}`)
  return table(
    view.upstreams.map((row) => [
      `  ${oneLine(row.name)}`,
      phaseWord(row, style),
      row.lastRelease === null ? style.dim('no release known') : oneLine(row.lastRelease),
      style.dim(`polled ${age(row.lastPollAt, view.now)}`),
      row.nextPollAt === null ? '' : style.dim(`next ${nextPoll(row.nextPollAt, view.now)}`),
    ]),
  )
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
  return table(
    view.attempts.map((row) => [
      `  ${oneLine(shortName(row))}`,
      stateWords(row, style),
      style.dim(`started ${age(row.startedAt, view.now)}`),
      style.dim(`updated ${age(row.updatedAt, view.now)}`),
    ]),
  )
}

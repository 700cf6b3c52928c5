import type { Verdict } from '../../../domain/patch.ts'
import type { RecordedAttempt, RecordedEvent } from '../../../git/index.ts'
import type { Style } from '../style.ts'
import { oneLine, table } from './table.ts'
import { outcomeWord, shortName, verdictWord } from './words.ts'

/** How many patches got which verdict, the first met first; a patch behind a conflict got none. */
export function countVerdicts({ patches }: Pick<RecordedAttempt, 'patches'>): ReadonlyMap<Verdict, number> {
  const counts = new Map<Verdict, number>()
  for (const { verdict } of patches) {
    if (verdict !== null) counts.set(verdict, (counts.get(verdict) ?? 0) + 1)
  }
  return counts
}

/** Recorded attempts, a line each; why it ended so stands below where no candidate says it. */
export function renderLog(
  attempts: readonly RecordedAttempt[],
  style: Style,
  events: readonly RecordedEvent[] = [],
): string {
  if (attempts.length === 0 && events.length === 0) return 'Nothing is recorded yet.'
  const rows = attempts.map((attempt) => [
    style.dim(moment(attempt.at)),
    style.bold(oneLine(shortName(attempt))),
    outcomeWord(attempt.outcome, style),
    (attempt.candidates[0]?.sha ?? '').slice(0, 10),
    [...countVerdicts(attempt)]
      .map(([verdict, count]) => `${count} ${verdictWord(verdict, style)}`)
      .join(', '),
  ])
  const lines = table(rows).split('\n')
  const told = attempts.map((attempt, index) => {
    const why = style.dim(`  ${oneLine(attempt.reason)}`)
    const passed = attempt.decisions
      .map(letGoLine)
      .filter((line) => line !== '')
      .map(style.dim)
    const text = [lines[index] ?? '', ...(attempt.outcome === 'changed' ? [] : [why]), ...passed].join('\n')
    return { at: attempt.at, text }
  })
  return [...told, ...events.map((event) => ({ at: event.at, text: eventLine(event, style) }))]
    .toSorted((one, other) => Date.parse(other.at) - Date.parse(one.at))
    .map(({ text }) => text)
    .join('\n')
}

/** What a person did to a line. */
function eventLine(event: RecordedEvent, style: Style): string {
  const head = `${style.dim(moment(event.at))}  ${style.bold(oneLine(shortName(event)))}`
  if (event.kind === 'promotion') {
    const moved = `${oneLine(event.branch)} from ${event.from.slice(0, 10)} to ${event.to.slice(0, 10)}`
    return `${head}  ${style.green('promoted')}  ${moved} by ${oneLine(event.by)}`
  }
  const why = event.reason === '' ? '' : `: ${event.reason}`
  return `${head}  ${style.cyan('line set')}  by ${oneLine(event.by)}, before ${oneLine(event.before ?? 'nothing')}${oneLine(why)}`
}

/** Who took a tag although it raised an integrity alarm; empty for any other decision. */
function letGoLine({ by, letGo, signedBy }: RecordedAttempt['decisions'][number]): string {
  if (letGo === undefined) return ''
  const instead = letGo.before === null ? '' : `, seen first as ${letGo.before.slice(0, 10)}`
  const how = signedBy === undefined ? '' : signedBy === null ? ' (not signed)' : ` (signed ${signedBy})`
  return `  ${oneLine(by)}${how} let ${letGo.need} go: ${letGo.tagObject.slice(0, 10)}${instead}`
}

/** What became of one patch, a line a release. */
export function renderPatchLog(attempts: readonly RecordedAttempt[], style: Style): string {
  const rows = attempts.flatMap((attempt) =>
    attempt.patches.map(({ oid, newOid, verdict, reason }) => [
      style.dim(moment(attempt.at)),
      style.bold(oneLine(shortName(attempt))),
      verdictWord(verdict, style),
      `${oid.slice(0, 10)} → ${newOid?.slice(0, 10) ?? 'nothing'}`,
      oneLine(reason),
    ]),
  )
  const subject = attempts[0]?.patches[0]?.subject ?? ''
  return `${style.bold(oneLine(subject))}\n${table(rows)}`
}

/** To the minute, in UTC: a ledger is read years later. */
function moment(at: string): string {
  return at.slice(0, 16).replace('T', ' ')
}

import { targetName } from '../../../domain/hold.ts'
import { standWords } from '../../../domain/lines/stand-words.ts'
import { shellWord } from '../../../domain/shell-word.ts'
import type { Silence } from '../../../domain/silence.ts'
import type { Hold, MovedTag, UpstreamQuestion, WaitingRelease } from '../../../domain/watch.ts'
import type { StandingLine, UpstreamRow } from '../../watch-row.ts'
import type { Style } from '../style.ts'
import { age, span } from './age.ts'
import { oneLine } from './table.ts'
import { cut } from './width.ts'

export interface WatchLinesView {
  readonly now: Date
  readonly columns: number
  readonly dataOption: string
}

const mostWaiting = 10

/** What there is to say of an upstream beside its row in `status`: a line each, the urgent first. */
export function watchLines(row: UpstreamRow, view: WatchLinesView, style: Style): readonly string[] {
  const line = (paint: (text: string) => string, label: string, text: string) => {
    const short = cut(oneLine(text), Math.max(20, view.columns - label.length - 6))
    return `    ${paint(`${label}:`)} ${short}`
  }
  const waiting = row.waiting.slice(0, mostWaiting)
  const more = row.waiting.length - waiting.length
  return [
    ...row.alarms.map((alarm) => line(style.red, 'alarm', alarmText(alarm))),
    ...row.questions.map((question) => line(style.yellow, 'question', questionText(question, view))),
    ...failingLines(row, view).map((text) => line(style.red, 'failing', text)),
    ...row.silence.map((silence) => line(style.yellow, 'silent', silenceText(silence))),
    ...row.holds.flatMap((hold) => [
      line(style.yellow, 'held', holdText(hold, row, view)),
      `      ${style.cyan(`undrift release${view.dataOption} ${shellWord(targetName(row.name, hold))}`)}`,
    ]),
    ...ownLines(row).map((own) => line(style.dim, 'line', lineText(own))),
    ...waiting.map((release) => line(style.cyan, 'waits', waitingText(release))),
    ...(more > 0 ? [`    ${style.dim(`and ${more} more wait`)}`] : []),
    ...(row.skippedAtFirst ? [line(style.dim, 'skipped', skippedText(row.skippedAtFirst))] : []),
  ]
}

/** Why polls fail, once it is worth a look. */
function failingLines({ phase, failure }: UpstreamRow, { now }: WatchLinesView): readonly string[] {
  if (phase !== 'degraded' || failure === null) return []
  return [`since ${age(failure.since, now)}, ${failure.reason}: ${failure.message}`]
}

/** The lines, where it is known why they stand there, or one of them does not stand on what the row shows. */
function ownLines({ lines, lastRelease }: UpstreamRow): UpstreamRow['lines'] {
  return lines.some((line) => line.because !== undefined || line.lastRelease !== lastRelease) ? lines : []
}

function lineText({ line, lastRelease, because, note }: StandingLine): string {
  const text = `${line} ${lastRelease ?? 'no release known'}`
  return because === undefined ? text : `${text} (${standWords(because, note ?? null)})`
}

function alarmText({ tag, before, after }: MovedTag): string {
  const [old, now] = [before, after].map((pin) => pin?.tagObject.slice(0, 10))
  const what = now === undefined ? `is gone (it was ${old})` : `was moved from ${old} to ${now}`
  return `the tag ${tag} ${what}; nothing starts`
}

/** What a watch left alone when it began. */
function skippedText(count: number): string {
  const what = count === 1 ? '1 entry of the feed was' : `${count} entries of the feed were`
  return `${what} there at first contact and left alone`
}

function questionText(question: UpstreamQuestion, { now }: WatchLinesView): string {
  if (question.kind === 'feed-moved') return `the feed has moved to ${question.to}`
  return `the feed has been gone for ${span((now.getTime() - Date.parse(question.since)) / 1000)}`
}

/** What has not been heard, in half a sentence. */
export function silenceText(silence: Silence): string {
  const long = span(silence.seconds)
  return silence.kind === 'no-poll'
    ? `no poll has worked for ${long}`
    : `no release for ${long}; one is expected within ${span(silence.expectSeconds)}`
}

function holdText(hold: Hold, row: UpstreamRow, { now }: WatchLinesView): string {
  const end = hold.until === null ? '' : ` until ${hold.until}`
  const why = hold.reason === '' ? '' : `: ${hold.reason}`
  return `${targetName(row.name, hold)} by ${hold.by} ${age(hold.at, now)}${end}${why}`
}

function waitingText({ tag, line, detail }: WaitingRelease): string {
  return `${tag} for ${line}, ${detail}`
}

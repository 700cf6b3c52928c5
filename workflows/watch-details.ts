import { objectName } from '../domain/alarm-words.ts'
import { describeHold, targetName } from '../domain/hold.ts'
import { standWords } from '../domain/lines/stand-words.ts'
import { rowText } from '../domain/row-text.ts'
import type { UpstreamSettings } from '../domain/settings.ts'
import type {
  Hold,
  LineKey,
  LineKnowledge,
  MovedTag,
  SkippedByLines,
  UpstreamQuestion,
  WaitingRelease,
  WatchKnowledge,
  WatchWord,
} from '../domain/watch.ts'
import { plainText } from './markdown.ts'
import type { WatchStatus } from './messages.ts'

const shownRows = 10
const shownLines = 25

/** What a person reads at the head of a watch's page in the Web UI, as Markdown. */
export function watchDetails(status: WatchStatus, upstream: UpstreamSettings): string {
  const { known, waiting } = status
  return [
    `### Watching ${status.upstream}`,
    `Feed: ${plainText(upstream.feed)}, every ${status.pollSeconds} s. The last failure of the pending activity \`poll-feed\` says what the last poll found and when the next one is.`,
    ...(known === null
      ? ['First contact: the next poll takes the baseline of each line.']
      : [
          section('Integrity alarm: nothing starts', known.alarms.map(alarmText)),
          section('Needs a person', known.questions.map(questionText)),
          section(
            'Held',
            known.holds.map((hold) => holdText(hold, status.upstream)),
          ),
          section('Lines', linesOf(known)),
        ]),
    `Forks: ${status.forks.join(', ') || 'none'}. Poll now with \`undrift poll ${status.upstream}\`.`,
    section('Waiting', waiting.slice(0, shownRows).map(waitingText)),
    ...(known?.skippedAtFirst
      ? [
          `At first contact ${known.skippedAtFirst} entries of the feed were left alone: each line began at its newest.`,
        ]
      : []),
    section('Left out', (known?.skipped ?? []).slice(-shownRows).reverse().map(skippedText)),
    section('Entries of the feed that name no tag', (known?.problems ?? []).map(plainText)),
    section('What persons said', (known?.words ?? []).toReversed().map(wordText)),
  ]
    .filter((part) => part !== '')
    .join('\n\n')
}

function section(title: string, rows: readonly string[]): string {
  return rows.length === 0 ? '' : `${title}:\n\n${rows.map((row) => `- ${row}`).join('\n')}`
}

function linesOf({ lines, stands }: WatchKnowledge): readonly string[] {
  const rows = (Object.entries(lines) as [LineKey, LineKnowledge][]).map(([line, standing]) => {
    const { because = 'baseline', note = null } = stands?.[line] ?? {}
    return plainText(`${line}: ${standingText(standing)} (${standWords(because, note)})`)
  })
  const more = rows.length - shownLines
  return more > 0 ? [...rows.slice(0, shownLines), `and ${more} more`] : rows
}

function standingText({ standsOn, isLost }: LineKnowledge): string {
  if (isLost) return 'lost: what it stands on is too much to be remembered, and nothing starts'
  return standsOn ?? 'no release yet'
}

function movedText({ tag, before, after, at }: MovedTag): string {
  const now = after === null ? 'is gone' : `is now ${objectName(after)}`
  return `${tag} was ${objectName(before)} and ${now}; noticed at ${at}`
}

function alarmText(alarm: MovedTag): string {
  const { evidence = [] } = alarm
  return [plainText(movedText(alarm)), ...evidence.map((line) => `  - ${plainText(line)}`)].join('\n')
}

/** What a watch asks, as lists show it in a row; null where it asks nothing. */
export function watchQuestion(known: Pick<WatchKnowledge, 'alarms' | 'questions'> | null): string | null {
  const [alarm] = known?.alarms ?? []
  if (alarm !== undefined) return rowText(`Integrity alarm: ${movedText(alarm)}`)
  const [question] = known?.questions ?? []
  return question === undefined ? null : rowText(feedText(question))
}

function feedText(question: UpstreamQuestion): string {
  const moved = question.kind === 'feed-moved' ? `it has moved to ${question.to}` : 'it is gone'
  return `The feed ${question.url}: ${moved}, since ${question.since}.`
}

function questionText(question: UpstreamQuestion): string {
  return `${plainText(feedText(question))} Put its address into \`feed:\` and run \`undrift apply\`.`
}

function holdText(hold: Hold, upstream: string): string {
  const name = targetName(upstream, hold)
  return `${plainText(`${name}: ${describeHold(hold)}`)}. Let it go with \`undrift release ${name}\`.`
}

function wordText({ name, target, by, at, detail }: WatchWord): string {
  return plainText(`${at} ${by}: ${name} ${target} (${detail})`)
}

function waitingText({ tag, line, detail }: WaitingRelease): string {
  return plainText(`${tag} for ${line}: ${detail}`)
}

function skippedText({ tag, reason, lines }: SkippedByLines): string {
  return plainText(`${tag}: ${reason}${forLines(lines)}`)
}

function forLines(lines: readonly LineKey[] | undefined): string {
  return lines === undefined ? '' : ` (${lines.join(', ')})`
}

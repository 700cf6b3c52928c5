import type { UpstreamSettings } from '../domain/settings.ts'
import type { LineKey, MovedTag, SkippedByLines, WaitingRelease, WatchKnowledge } from '../domain/watch.ts'
import type { WatchStatus } from './messages.ts'

const shownRows = 10
const shownLines = 25

/** What a person reads at the head of a watch's page in the Web UI, as Markdown. */
export function watchDetails(status: WatchStatus, upstream: UpstreamSettings): string {
  const { known, waiting } = status
  return [
    `### Watching ${status.upstream}`,
    `Feed: ${upstream.feed}, every ${status.pollSeconds} s. The last failure of the pending activity \`poll-feed\` says what the last poll found and when the next one is.`,
    ...(known === null
      ? ['First contact: the next poll takes the baseline of each line.']
      : [
          section('Integrity alarm: nothing starts', known.alarms.map(alarmText)),
          section('Lines', linesOf(known)),
        ]),
    `Forks: ${status.forks.join(', ') || 'none'}. Poll now with \`undrift poll ${status.upstream}\`.`,
    section('Waiting', waiting.slice(0, shownRows).map(waitingText)),
    section('Left out', (known?.skipped ?? []).slice(-shownRows).reverse().map(skippedText)),
    section('Entries of the feed that name no tag', known?.problems ?? []),
  ]
    .filter((part) => part !== '')
    .join('\n\n')
}

function section(title: string, rows: readonly string[]): string {
  return rows.length === 0 ? '' : `${title}:\n\n${rows.map((row) => `- ${row}`).join('\n')}`
}

function linesOf({ lines }: WatchKnowledge): readonly string[] {
  const rows = Object.entries(lines).map(([line, { standsOn }]) => `${line}: ${standsOn ?? 'no release yet'}`)
  const more = rows.length - shownLines
  return more > 0 ? [...rows.slice(0, shownLines), `and ${more} more`] : rows
}

function alarmText({ tag, before, after, at }: MovedTag): string {
  const now = after === null ? 'is gone' : `is now ${after.tagObject} (${after.commit})`
  return `${tag} was ${before.tagObject} (${before.commit}) and ${now}; noticed at ${at}`
}

function waitingText({ tag, line, detail }: WaitingRelease): string {
  return `${tag} for ${line}: ${detail}`
}

function skippedText({ tag, reason, lines }: SkippedByLines): string {
  return `${tag}: ${reason}${forLines(lines)}`
}

function forLines(lines: readonly LineKey[] | undefined): string {
  return lines === undefined ? '' : ` (${lines.join(', ')})`
}

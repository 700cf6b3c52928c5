import { UndriftError } from '../domain/errors.ts'
import {
  type Line,
  listLedgers,
  type RecordedAttempt,
  type RecordedEvent,
  readEvents,
  readLedger,
} from '../git/index.ts'
import type { LocalMirror } from './mirrors.ts'

/** Which lines to read; null for all. */
export interface WantedLines {
  readonly fork: string | null
  readonly line: string | null
}

/** What the ledgers of these lines hold, the newest first. Throws UNDRIFT_E_NOT_FOUND for a line that has no ledger. */
export async function recordedAttempts(
  mirrors: readonly LocalMirror[],
  wanted: WantedLines,
  options: { readonly limit?: number } = {},
): Promise<readonly RecordedAttempt[]> {
  const found: RecordedAttempt[] = []
  const lines: Line[] = []
  for (const { mirror } of mirrors) {
    for (const line of await listLedgers(mirror)) {
      lines.push(line)
      if (isWanted(line, wanted)) found.push(...(await readLedger(mirror, line, options)))
    }
  }
  if ((wanted.fork !== null || wanted.line !== null) && !lines.some((line) => isWanted(line, wanted))) {
    throw nothingOf(wanted, lines)
  }
  const newest = found.sort((one, other) => Date.parse(other.at) - Date.parse(one.at))
  return options.limit === undefined ? newest : newest.slice(0, options.limit)
}

/** What persons did to these lines beside their attempts, the newest first. */
export async function recordedEvents(
  mirrors: readonly LocalMirror[],
  wanted: WantedLines,
): Promise<readonly RecordedEvent[]> {
  const found: RecordedEvent[] = []
  for (const { mirror } of mirrors) {
    for (const line of await listLedgers(mirror)) {
      if (isWanted(line, wanted)) found.push(...(await readEvents(mirror, line)))
    }
  }
  return found.sort((one, other) => Date.parse(other.at) - Date.parse(one.at))
}

function isWanted({ fork, line }: Line, wanted: WantedLines): boolean {
  return (wanted.fork === null || wanted.fork === fork) && (wanted.line === null || wanted.line === line)
}

function nothingOf({ fork, line }: WantedLines, lines: readonly Line[]): UndriftError {
  const what = [fork === null ? '' : `the fork \`${fork}\``, line === null ? '' : `the line \`${line}\``]
  const known = lines.map((each) => `${each.fork}/${each.line}`)
  return new UndriftError(
    'UNDRIFT_E_NOT_FOUND',
    `No attempt of ${what.filter((part) => part !== '').join(' and ')} is recorded here.`,
    {
      hint:
        known.length === 0
          ? 'Nothing is recorded yet; an attempt is when it ends. What another machine published comes with `--fetch`.'
          : `Recorded are: ${known.join(', ')}.`,
    },
  )
}

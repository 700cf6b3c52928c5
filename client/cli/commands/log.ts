import { UndriftError } from '../../../domain/errors.ts'
import type { Verdict } from '../../../domain/patch.ts'
import type { RecordedAttempt, RecordedEvent } from '../../../git/index.ts'
import { fetchPublished } from '../../fetch-published.ts'
import { type LocalMirror, localMirrors } from '../../mirrors.ts'
import { attemptsOfPatch } from '../../patch-log.ts'
import { rangeDiffOfEntry } from '../../range-diff.ts'
import { recordedAttempts, recordedEvents } from '../../recorded-attempts.ts'
import type { CommandInput, CommandResult } from '../command.ts'
import type { Context } from '../context.ts'
import { readConfigOf } from '../read-config.ts'
import { countVerdicts, renderLog, renderPatchLog } from '../render/log.ts'
import { renderRangeDiff } from '../render/range-diff.ts'

/** What the ledgers of this data folder hold, the newest first. Needs no server, and a config only for `--fetch`. */
export async function log(context: Context, input: CommandInput): Promise<CommandResult> {
  const { line, patch, rangeDiff } = input.options
  const limit = readLimit(input.options.limit)
  const wanted = { fork: input.args[0] ?? null, line: typeof line === 'string' ? line : null }
  if (input.options.fetch === true) {
    const { data, signal, env } = context
    await fetchPublished({ config: await readConfigOf(context), wanted, data, env, signal })
  }
  const mirrors = await localMirrors(context.data, context.signal)
  if (typeof patch === 'string') {
    const attempts = attemptsOfPatch(await recordedAttempts(mirrors, wanted), patch).slice(0, limit)
    return { exitCode: 0, text: renderPatchLog(attempts, context.style), json: logJson(attempts) }
  }
  const attempts = await recordedAttempts(mirrors, wanted, limit === undefined ? {} : { limit })
  if (rangeDiff === true) return withRangeDiffs(context, mirrors, attempts)
  const events = (await recordedEvents(mirrors, wanted)).slice(0, limit)
  const text = renderLog(attempts, context.style, events)
  return {
    exitCode: 0,
    text,
    json: { ...logJson(attempts), ...(events.length === 0 ? {} : { events: events.map(eventJson) }) },
  }
}

/** Each entry with the range-diff that the ledger keeps beside it. */
async function withRangeDiffs(
  context: Context,
  mirrors: readonly LocalMirror[],
  attempts: readonly RecordedAttempt[],
): Promise<CommandResult> {
  const shown = await Promise.all(attempts.map(({ oid }) => rangeDiffOfEntry(mirrors, oid)))
  const text = attempts.map((attempt, index) => {
    const diff = shown[index] ?? null
    const below = diff === null ? 'It replayed nothing.' : renderRangeDiff(diff, context.style)
    return `${renderLog([attempt], context.style)}\n${below}`
  })
  const { version, entries } = logJson(attempts)
  const json = { version, entries: entries.map((entry, at) => ({ ...entry, rangeDiff: shown[at] ?? null })) }
  return { exitCode: 0, text: text.length === 0 ? renderLog([], context.style) : text.join('\n\n'), json }
}

function eventJson({ oid, ...event }: RecordedEvent) {
  return { ...event, commit: oid }
}

function logJson(attempts: readonly RecordedAttempt[]) {
  return {
    version: 1,
    entries: attempts.map(({ oid, ...entry }) => {
      const verdicts: Readonly<Partial<Record<Verdict, number>>> = Object.fromEntries(countVerdicts(entry))
      return { ...entry, verdicts, commit: oid }
    }),
  }
}

function readLimit(value: unknown): number | undefined {
  if (value === undefined) return undefined
  const limit = typeof value === 'string' && /^[1-9]\d{0,8}$/.test(value) ? Number(value) : null
  if (limit !== null) return limit
  throw usage('--limit takes a number from 1 on.')
}

function usage(sentence: string): UndriftError {
  return new UndriftError('UNDRIFT_E_USAGE', sentence, { hint: 'See `undrift log --help`.' })
}

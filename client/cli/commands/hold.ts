import { parseDuration } from '../../../config/duration.ts'
import { UndriftError } from '../../../domain/errors.ts'
import { readMoment, targetName } from '../../../domain/hold.ts'
import { shellWord } from '../../../domain/shell-word.ts'
import { dataOption } from '../../data-option.ts'
import { decider } from '../../decide.ts'
import { findTarget, followedBy } from '../../hold-target.ts'
import { sayToWatch } from '../../say-to-watch.ts'
import { withSession } from '../../session.ts'
import { listWatches } from '../../watches.ts'
import type { CommandInput, CommandResult } from '../command.ts'
import type { Context } from '../context.ts'
import { meantKind } from '../meant-kind.ts'
import { oneLine } from '../render/table.ts'

/** Lets nothing new start for an upstream, a fork or a line. */
export function hold(context: Context, input: CommandInput): Promise<CommandResult> {
  const until = endOf(input, context.now())
  const { reason } = input.options
  const by = typeof input.options.by === 'string' ? input.options.by : decider(context.env)
  const command = `undrift hold${dataOption(context)}`
  return withSession(context, async (session) => {
    const followed = followedBy(await listWatches(session))
    const place = findTarget(input.args[0] ?? '', followed, { meant: meantKind(input), command })
    const { upstream, fork, line } = place
    const word = { fork, line, by, until, ...(typeof reason === 'string' ? { reason } : {}) }
    const answer = await sayToWatch(session, upstream, { name: 'hold', input: word })
    const release = `undrift release${dataOption(context)} ${shellWord(targetName(upstream, place))}`
    return {
      exitCode: 0,
      text: `${oneLine(answer)}\nLet it go with: ${context.style.cyan(release)}`,
      json: { version: 1, upstream, fork, line, until, answer },
    }
  })
}

/** When the hold is to end by itself, ISO 8601; null when it is not. */
function endOf(input: CommandInput, now: Date): string | null {
  const { for: length, until } = input.options
  if (length !== undefined && until !== undefined) throw usage('--for and --until exclude each other.')
  if (typeof length === 'string') {
    const seconds = parseDuration(length)
    if (seconds === null) throw usage('--for takes a whole number and s, m, h or d, from 1s to 365d.')
    return new Date(now.getTime() + seconds * 1000).toISOString().replace(/\.\d+Z$/, 'Z')
  }
  if (typeof until !== 'string') return null
  const moment = readMoment(until)
  if (moment === null)
    throw usage('--until takes a day (its first moment in UTC), or a moment with its zone.')
  if (Date.parse(moment) <= now.getTime()) throw usage(`--until ${until} is over.`)
  return moment
}

function usage(message: string): UndriftError {
  const hint = 'For example: --for 3d, --until 2026-12-01 or --until 2026-12-01T08:00+01:00'
  return new UndriftError('UNDRIFT_E_USAGE', message, { hint })
}

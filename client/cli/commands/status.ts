import type { AttemptRow } from '../../attempts.ts'
import { listAttempts } from '../../attempts.ts'
import { dataOption } from '../../data-option.ts'
import { withSession } from '../../session.ts'
import { listWatches } from '../../watches.ts'
import { withRetries } from '../../with-retries.ts'
import type { CommandInput, CommandResult } from '../command.ts'
import type { Context } from '../context.ts'
import { renderStatus } from '../render/status.ts'

const shownToAPerson = 20

/** What is watched, and every attempt with where it stands. */
export async function status(context: Context, input: CommandInput): Promise<CommandResult> {
  return withSession(context, async (session) => {
    const [watches, listed] = await Promise.all([listWatches(session), listAttempts(session)])
    const upstreams = watches.map((watch) => watch.row)
    const attempts = await withRetries(session, listed)
    const shown = input.options.all === true ? attempts : firstToRead(attempts)
    const text = renderStatus(
      {
        upstreams,
        attempts: shown,
        older: attempts.length - shown.length,
        now: context.now(),
        dataOption: dataOption(context),
        columns: context.host.stdoutIsTty ? context.host.columns : Number.POSITIVE_INFINITY,
      },
      context.style,
    )
    return { exitCode: 0, text, json: { version: 1, upstreams, attempts } }
  })
}

/** All that has not ended, and as many of the newest as fit on a screen. */
function firstToRead(attempts: readonly AttemptRow[]): readonly AttemptRow[] {
  let left = shownToAPerson
  return attempts.filter((row) => row.phase !== 'ended' || left-- > 0)
}

import { type AttemptDetails, attemptDetailsIfAnswered } from '../../attempt-details.ts'
import { listAttempts } from '../../attempts.ts'
import { promotionResultOf } from '../../offered.ts'
import { withSession } from '../../session.ts'
import { listWatches } from '../../watches.ts'
import { webUiLink } from '../../web-ui.ts'
import { attemptJson } from '../attempt-json.ts'
import type { CommandInput, CommandResult } from '../command.ts'
import type { Context } from '../context.ts'

/** Every watch and every attempt that the server remembers, one JSON object a line. */
export function exportAll(context: Context, _input: CommandInput): Promise<CommandResult> {
  return withSession(context, async (session) => {
    for (const { row, configDigest, lastFailure } of await listWatches(session)) {
      context.print(JSON.stringify({ version: 1, kind: 'watch', ...row, configDigest, lastFailure }))
    }
    let answered = true
    for (const listed of await listAttempts(session)) {
      // One silence is enough to know: a thousand attempts must not wait for it one after the other.
      const details: AttemptDetails =
        answered || !listed.running
          ? await attemptDetailsIfAnswered(session, listed)
          : { row: listed.row, status: null }
      if (listed.running) answered = details.status !== null
      const webUi = webUiLink(session.server, listed.row.id, listed.runId)
      const complete = details.status !== null
      const promotion = await promotionResultOf(session, details)
      const shown = attemptJson(details, webUi, promotion)
      context.print(JSON.stringify({ version: 1, kind: 'attempt', complete, ...shown }))
    }
    return { exitCode: 0, text: '', json: null }
  })
}

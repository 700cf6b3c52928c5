import { attemptDetails } from '../../attempt-details.ts'
import { listAttempts } from '../../attempts.ts'
import { isWorkerSilent, withSession } from '../../session.ts'
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
    for (const listed of await listAttempts(session)) {
      const details = await attemptDetails(session, listed).catch((error: unknown) => {
        if (isWorkerSilent(error)) return { row: listed.row, status: null }
        throw error
      })
      const webUi = webUiLink(session.server, listed.row.id)
      const complete = details.status !== null
      context.print(JSON.stringify({ version: 1, kind: 'attempt', complete, ...attemptJson(details, webUi) }))
    }
    return { exitCode: 0, text: '', json: null }
  })
}

import { attemptDetails } from '../../attempt-details.ts'
import { findAttempt } from '../../find-attempt.ts'
import { withSession } from '../../session.ts'
import { webUiLink } from '../../web-ui.ts'
import { attemptJson } from '../attempt-json.ts'
import type { CommandInput, CommandResult } from '../command.ts'
import type { Context } from '../context.ts'
import { renderAttempt } from '../render/attempt.ts'
import { waitForAttempt } from '../wait-for-attempt.ts'

/** One attempt: patches with their verdicts, checks, candidates, and the question it waits on. */
export function show(context: Context, input: CommandInput): Promise<CommandResult> {
  return withSession(context, async (session) => {
    const listed = await findAttempt(session, input.args[0] ?? '')
    if (input.options.follow === true) return waitForAttempt(context, session, { id: listed.row.id })
    const details = await attemptDetails(session, listed)
    const webUi = webUiLink(session.server, listed.row.id)
    return {
      exitCode: 0,
      text: renderAttempt({ details, webUi, now: context.now() }, context.style),
      json: { version: 1, ...attemptJson(details, webUi) },
    }
  })
}

import { UndriftError } from '../../../domain/errors.ts'
import { attemptDetails, carriedResolutions } from '../../attempt-details.ts'
import { findAttempt } from '../../find-attempt.ts'
import { promotionResultOf } from '../../offered.ts'
import { attemptRangeDiff } from '../../range-diff.ts'
import { withSession } from '../../session.ts'
import { webUiLink } from '../../web-ui.ts'
import { withRetries } from '../../with-retries.ts'
import { attemptJson } from '../attempt-json.ts'
import type { CommandInput, CommandResult } from '../command.ts'
import type { Context } from '../context.ts'
import { renderAttempt } from '../render/attempt.ts'
import { renderRangeDiff } from '../render/range-diff.ts'
import { waitForAttempt } from '../wait-for-attempt.ts'

/** One attempt: patches with their verdicts, checks, candidates, and the question it waits on. */
export function show(context: Context, input: CommandInput): Promise<CommandResult> {
  return withSession(context, async (session) => {
    const listed = await findAttempt(session, input.args[0] ?? '')
    if (input.options.follow === true) return waitForAttempt(context, session, { id: listed.row.id })
    const found = await attemptDetails(session, listed)
    const [row = found.row] = await withRetries(session, [{ ...listed, row: found.row }])
    const details = { ...found, row }
    const webUi = webUiLink(session.server, listed.row.id, listed.runId)
    if (input.options.rangeDiff === true) {
      if (details.status === null) throw unknown(listed.row.id)
      const rangeDiff = await attemptRangeDiff(context, details.status, () =>
        carriedResolutions(session, listed),
      )
      const json = { version: 1, ...attemptJson(details, webUi), rangeDiff }
      return { exitCode: 0, text: renderRangeDiff(rangeDiff, context.style), json }
    }
    const promotion = await promotionResultOf(session, details)
    return {
      exitCode: 0,
      text: renderAttempt({ details, webUi, promotion, now: context.now() }, context.style),
      json: { version: 1, ...attemptJson(details, webUi, promotion) },
    }
  })
}

function unknown(id: string): UndriftError {
  return new UndriftError('UNDRIFT_E_NOT_FOUND', `${id} was ended from outside; its commits are not known.`)
}

import type { ExitCode } from '../../domain/exit-codes.ts'
import { shellWord } from '../../domain/shell-word.ts'
import type { AttemptStatus } from '../../workflows/messages.ts'
import type { AttemptDetails } from '../attempt-details.ts'
import { dataOption } from '../data-option.ts'
import { followAttempt } from '../follow-attempt.ts'
import { isServerSilent } from '../server-failure.ts'
import type { Session } from '../session.ts'
import { webUiLink } from '../web-ui.ts'
import { attemptJson } from './attempt-json.ts'
import type { CommandResult } from './command.ts'
import type { Context } from './context.ts'
import { outcomeExitCode } from './outcome-exit-code.ts'
import { makeProgress } from './progress.ts'
import { renderOutcome } from './render/outcome.ts'

export interface WaitOptions {
  readonly id: string
  /** How the attempt stood when its question was answered a moment ago: that is over, and not told again. */
  readonly answered?: AttemptStatus
}

/** Shows an attempt's progress until it has ended or waits for a person, and ends by its outcome. */
export async function waitForAttempt(
  context: Context,
  session: Session,
  options: WaitOptions,
): Promise<CommandResult> {
  const { id } = options
  const { runId } = await session.client.workflow.getHandle(id).describe()
  const webUi = webUiLink(session.server, id, runId)
  if (webUi !== null) context.say(`Web UI: ${webUi}`)
  const progress = makeProgress(context, { id, known: options.answered ?? null })
  try {
    const followed = await followAttempt(session, id, {
      signal: context.signal,
      onView: progress.show,
      ...(options.answered === undefined ? {} : { answered: options.answered.updatedAt }),
    })
    progress.end(followed.kind === 'stands' ? followed.details.status : followed.status)
    if (followed.kind === 'stands') return standing(context, followed.details, webUi)
    return interrupted(context, id)
  } catch (error) {
    progress.end(null)
    if (isServerSilent(error)) context.say('The server went away. The attempt goes on as soon as it is back.')
    throw error
  }
}

/** What is printed for an attempt that has ended or waits. */
export function standing(context: Context, details: AttemptDetails, webUi: string | null): CommandResult {
  return {
    exitCode: outcomeExitCode(details.row),
    text: renderOutcome(details, { dataOption: dataOption(context), style: context.style }),
    json: { version: 1, ...attemptJson(details, webUi) },
  }
}

function interrupted(context: Context, id: string): CommandResult {
  const command = `undrift show${dataOption(context)} ${shellWord(id)} --follow`
  context.host.writeError(`still running; watch it with: ${command}\n`)
  return {
    exitCode: context.signal.reason as ExitCode,
    text: '',
    json: { version: 1, id, phase: 'running', watch: command },
  }
}

import { confirm, isCancel } from '@clack/prompts'
import { UndriftError } from '../../../domain/errors.ts'
import { exitCodes } from '../../../domain/exit-codes.ts'
import { shellWord } from '../../../domain/shell-word.ts'
import { type AttemptDetails, attemptDetails } from '../../attempt-details.ts'
import { dataOption } from '../../data-option.ts'
import { decider } from '../../decide.ts'
import { findAttempt } from '../../find-attempt.ts'
import { planPromotion, promotionResult, promotionSummary, startPromotion } from '../../promote-attempt.ts'
import { askWorker, withSession } from '../../session.ts'
import { webUiLink } from '../../web-ui.ts'
import type { CommandInput, CommandResult } from '../command.ts'
import type { Context } from '../context.ts'
import { oneLine, table } from '../render/table.ts'

const patienceSeconds = 15 * 60

/** Moves the maintained branch to an attempt's candidate, after a backup. */
export function promote(context: Context, input: CommandInput): Promise<CommandResult> {
  return withSession(context, async (session) => {
    const details = await attemptDetails(session, await findAttempt(session, input.args[0] ?? ''))
    const plan = planPromotion(
      details,
      typeof input.options.by === 'string' ? input.options.by : decider(context.env),
    )
    const answer = await ask(context, input, details)
    if (answer !== 'yes') {
      const exitCode = answer === 'no' ? exitCodes.failed : exitCodes.interrupted
      return { exitCode, text: 'Nothing was moved.', json: null }
    }
    const { workflowId, runId } = await startPromotion(session, plan)
    const link = webUiLink(session.server, workflowId, runId)
    if (link !== null) context.say(`Web UI: ${link}`)
    const result = await askWorker(session, () => promotionResult(session, workflowId), {
      seconds: patienceSeconds,
    })
    const backups = table(result.backups.map(({ remote, ref }) => [`  ${oneLine(remote)}`, oneLine(ref)]))
    return {
      exitCode: exitCodes.ok,
      text: [
        `${context.style.green('promoted:')} ${oneLine(result.branch)} from ${result.from.slice(0, 10)} to ${result.to.slice(0, 10)}`,
        ...(backups === '' ? [] : ['The old value is kept as', backups]),
        details.row.id,
      ].join('\n'),
      json: { version: 1, attempt: details.row.id, ...result },
    }
  })
}

/** A person at a terminal is asked; whoever cannot be asked must have said so with `--yes`. */
async function ask(
  context: Context,
  input: CommandInput,
  details: AttemptDetails,
): Promise<'yes' | 'no' | 'left'> {
  if (input.options.yes === true || details.status === null) return 'yes'
  const { stdinIsTty, stderrIsTty } = context.host
  const summary = oneLine(promotionSummary(details.status, planPromotion(details, '')))
  if (!stdinIsTty || !stderrIsTty || context.json) {
    const command = `undrift promote${dataOption(context)} ${shellWord(details.row.id)} --yes`
    throw new UndriftError(
      'UNDRIFT_E_USAGE',
      `Moving ${summary} needs a word, and nobody can be asked here.`,
      {
        hint: `Look at the candidate, then: ${command}`,
      },
    )
  }
  const answer = await confirm({ message: `Move ${summary}?`, initialValue: false, output: process.stderr })
  if (isCancel(answer)) return 'left'
  return answer ? 'yes' : 'no'
}

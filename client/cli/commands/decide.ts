import { type DecisionName, type Step, steps } from '../../../domain/attempt.ts'
import { UndriftError } from '../../../domain/errors.ts'
import { shellWord } from '../../../domain/shell-word.ts'
import type { DecisionInput } from '../../../workflows/messages.ts'
import { attemptDetails } from '../../attempt-details.ts'
import { dataOption } from '../../data-option.ts'
import { decide, decider } from '../../decide.ts'
import { findAttempt } from '../../find-attempt.ts'
import { withSession } from '../../session.ts'
import type { Command, CommandInput } from '../command.ts'
import type { Context } from '../context.ts'
import { waitForAttempt } from '../wait-for-attempt.ts'

/** The command that answers a question in one way: `resume`, `retry`, `skip`, `abort` or `approve`. */
export function decideAs(name: DecisionName): Command {
  return (context: Context, input: CommandInput) =>
    withSession(context, async (session) => {
      const decision = { name, input: decisionInput(context, input) }
      const listed = await findAttempt(session, input.args[0] ?? '')
      const { id } = listed.row
      const before = input.options.wait === true ? (await attemptDetails(session, listed)).status : null
      const answer = await decide(session, listed, decision)
      context.say(answer)
      if (input.options.wait === true) {
        return waitForAttempt(context, session, before === null ? { id } : { id, answered: before })
      }
      return {
        exitCode: 0,
        text: `${id}: ${name}\nWatch it with: undrift show${dataOption(context)} ${shellWord(id)} --follow`,
        json: { version: 1, attempt: id, decision: name, answer },
      }
    })
}

function decisionInput(context: Context, input: CommandInput): DecisionInput {
  const by = typeof input.options.by === 'string' ? input.options.by : decider(context.env)
  const from = input.options.from
  const { drop } = input.options
  return {
    by,
    ...(typeof from === 'string' ? { from: toStep(from) } : {}),
    ...(Array.isArray(drop) ? { drop: drop.map(String) } : {}),
  }
}

function toStep(word: string): Step {
  const step = steps.find((known) => known === word)
  if (step !== undefined) return step
  throw new UndriftError('UNDRIFT_E_USAGE', `There is no step \`${word}\`.`, {
    hint: `The steps are: ${steps.join(', ')}.`,
  })
}

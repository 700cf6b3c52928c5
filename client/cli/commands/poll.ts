import { WorkflowNotFoundError } from '@temporalio/client'
import { nearest } from '../../../config/nearest.ts'
import { UndriftError } from '../../../domain/errors.ts'
import { dataOption } from '../../data-option.ts'
import { pollNow } from '../../poll-now.ts'
import { type Session, withSession } from '../../session.ts'
import { watchedNames } from '../../watches.ts'
import type { CommandInput, CommandResult } from '../command.ts'
import type { Context } from '../context.ts'

/** Lets a watch look at its feed at once. */
export function poll(context: Context, input: CommandInput): Promise<CommandResult> {
  const upstream = input.args[0] ?? ''
  return withSession(context, async (session) => {
    try {
      await pollNow(session, upstream)
    } catch (error) {
      if (error instanceof WorkflowNotFoundError) throw await notWatched(session, upstream, context)
      throw error
    }
    return {
      exitCode: 0,
      text: `${upstream} is polled now; see what it finds with: undrift status${dataOption(context)}`,
      json: { version: 1, upstream, polled: true },
    }
  })
}

async function notWatched(session: Session, upstream: string, context: Context): Promise<UndriftError> {
  const names = await watchedNames(session)
  const near = nearest(upstream, names)
  const watched = names.length === 0 ? 'Nothing is watched yet' : `Watched: ${names.join(', ')}`
  const hint =
    near === null
      ? `${watched}; \`undrift apply${dataOption(context)}\` takes over the config.`
      : `Did you mean \`${near}\`?`
  return new UndriftError('UNDRIFT_E_NOT_FOUND', `The upstream \`${upstream}\` is not watched.`, { hint })
}

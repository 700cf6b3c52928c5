import { attemptDetailsIfAnswered } from '../../attempt-details.ts'
import { listAttempts } from '../../attempts.ts'
import { dataOption } from '../../data-option.ts'
import { leftToPerson, listPromotions } from '../../offered.ts'
import { withSession } from '../../session.ts'
import { listWatches } from '../../watches.ts'
import type { CommandInput, CommandResult } from '../command.ts'
import type { Context } from '../context.ts'
import { renderInbox } from '../render/inbox.ts'
import { needsPerson } from '../render/watch-questions.ts'

/** What waits for a person, oldest first, with the commands that settle it. */
export function inbox(context: Context, _input: CommandInput): Promise<CommandResult> {
  return withSession(context, async (session) => {
    const [attempts, watches, promotions] = await Promise.all([
      listAttempts(session),
      listWatches(session),
      listPromotions(session),
    ])
    const left = leftToPerson(attempts, promotions)
    const [blocked, offered] = await Promise.all(
      [left.blocked, left.offered].map((some) =>
        Promise.all(some.map((attempt) => attemptDetailsIfAnswered(session, attempt))),
      ),
    )
    const waiting = attempts.filter((attempt) => attempt.row.phase === 'waiting')
    const asked = await Promise.all(waiting.map((attempt) => attemptDetailsIfAnswered(session, attempt)))
    const questions = asked
      .filter((details) => details.row.phase === 'waiting')
      .sort((left, right) => left.row.updatedAt.localeCompare(right.row.updatedAt))
    const asking = watches.filter((watch) => needsPerson(watch.row))
    return {
      exitCode: 0,
      text: renderInbox(
        { questions, blocked, offered, watches: asking, now: context.now(), dataOption: dataOption(context) },
        context.style,
      ),
      json: {
        version: 1,
        attempts: [...questions, ...(blocked ?? [])].map(({ row, status }) => ({
          ...row,
          reason: status?.reason ?? null,
          intervention: row.phase === 'waiting' ? (status?.intervention ?? null) : null,
        })),
        candidates: (offered ?? []).map(({ row, status }) => ({
          ...row,
          candidates: status?.candidates ?? [],
        })),
        upstreams: asking.map(({ row, lastFailure }) => ({ ...row, lastFailure })),
      },
    }
  })
}

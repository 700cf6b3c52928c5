import { isAlarm } from '../../../domain/attempt.ts'
import { attemptDetailsIfAnswered } from '../../attempt-details.ts'
import { type ListedAttempt, listAttempts } from '../../attempts.ts'
import { dataOption } from '../../data-option.ts'
import { leftToPerson, listPromotions } from '../../offered.ts'
import { withSession } from '../../session.ts'
import { listWatches } from '../../watches.ts'
import type { CommandInput, CommandResult } from '../command.ts'
import type { Context } from '../context.ts'
import { renderInbox } from '../render/inbox.ts'
import { needsPerson } from '../render/watch-questions.ts'

/** How long an attempt that was refused stands in the inbox, in milliseconds: a week. */
const refusedFor = 7 * 24 * 60 * 60 * 1000

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
    const refused = attempts
      .filter((attempt) => isRefused(attempt, context.now()))
      .map(({ row }) => ({ row, status: null }))
    const asking = watches.filter((watch) => needsPerson(watch.row))
    return {
      exitCode: 0,
      text: renderInbox(
        {
          questions,
          blocked,
          offered,
          refused: refused.map(({ row }) => row),
          watches: asking,
          now: context.now(),
          dataOption: dataOption(context),
        },
        context.style,
      ),
      json: {
        version: 1,
        attempts: [...questions, ...(blocked ?? []), ...refused].map(({ row, status }) => ({
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

/** An attempt that ended with an alarm about its settings, until it is old or the release is started again. */
function isRefused({ row, running }: ListedAttempt, now: Date): boolean {
  return !running && isAlarm(row.needs) && now.getTime() - Date.parse(row.updatedAt) < refusedFor
}

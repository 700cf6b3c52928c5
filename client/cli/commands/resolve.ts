import { exitCodes } from '../../../domain/exit-codes.ts'
import { shellWord } from '../../../domain/shell-word.ts'
import { removeTree } from '../../../git/index.ts'
import type { AttemptStatus } from '../../../workflows/messages.ts'
import { attemptDetails, carriedResolutions } from '../../attempt-details.ts'
import type { ListedAttempt } from '../../attempts.ts'
import { dataOption } from '../../data-option.ts'
import { decide, decider } from '../../decide.ts'
import { findAttempt } from '../../find-attempt.ts'
import { assertConflicted, type LocalReplay, replayHere } from '../../local-conflict.ts'
import { openHere } from '../../open-here.ts'
import { type Session, withSession } from '../../session.ts'
import { settleConflict } from '../../settle-conflict.ts'
import type { CommandInput, CommandResult } from '../command.ts'
import type { Context } from '../context.ts'
import { renderConflict, renderSettled, renderUnsettled } from '../render/conflict.ts'
import { waitForAttempt } from '../wait-for-attempt.ts'

/** A conflict in a person's hands: a work tree to settle it in; with `--continue`, the result is taken and the attempt goes on. */
export function resolve(context: Context, input: CommandInput): Promise<CommandResult> {
  return withSession(context, async (session) => {
    const listed = await findAttempt(session, input.args[0] ?? '')
    const { status } = await attemptDetails(session, listed)
    assertConflicted(status, listed.row.id)
    const local = await replayHere(context, status, await carriedResolutions(session, listed))
    return input.options.continue === true
      ? goOn({ context, session, input }, { listed, status, local })
      : open(context, status, local)
  })
}

interface Conflicted {
  readonly listed: ListedAttempt
  readonly status: AttemptStatus
  readonly local: LocalReplay
}

async function open(context: Context, status: AttemptStatus, local: LocalReplay): Promise<CommandResult> {
  const command = continueCommand(context, status.id)
  const { result } = local
  if (result.kind === 'done') {
    const json = {
      version: 1,
      attempt: status.id,
      path: null,
      paths: [],
      patch: status.conflict?.patch ?? null,
    }
    return { exitCode: exitCodes.ok, text: renderSettled(command, context.style), json }
  }
  const { path, paths } = await openHere(local, result.at, status.id)
  const { oid, subject } = result.at.patch
  return {
    exitCode: exitCodes.ok,
    text: renderConflict({ path, paths, patch: { oid, subject }, command, id: status.id }, context.style),
    json: { version: 1, attempt: status.id, path, paths, patch: { oid, subject } },
  }
}

function continueCommand(context: Context, id: string): string {
  return `undrift resolve${dataOption(context)} ${shellWord(id)} --continue`
}

async function goOn(
  call: { readonly context: Context; readonly session: Session; readonly input: CommandInput },
  { listed, status, local }: Conflicted,
): Promise<CommandResult> {
  const { context, session, input } = call
  const { id } = status
  const by = typeof input.options.by === 'string' ? input.options.by : decider(context.env)
  const settlement = await settleConflict(local, status, { by, at: context.now().toISOString() })
  if (settlement.kind === 'unsettled') {
    return {
      exitCode: exitCodes.needsPerson,
      text: renderUnsettled(
        { dir: local.dir, paths: settlement.paths, command: continueCommand(context, id) },
        context.style,
      ),
      json: { version: 1, attempt: id, path: local.dir, unsettled: settlement.paths },
    }
  }
  const { resolutions, heavy } = settlement
  const answer = await decide(session, listed, { name: 'resume', input: { by, resolutions } })
  await removeTree(local.dir)
  context.say(`Taken and remembered. ${answer}`)
  if (heavy > 0) {
    context.say(
      `It is too large for a message: it counts only for a git worker that uses the data folder ${context.data.root}.`,
    )
  }
  if (input.options.detach !== true) return waitForAttempt(context, session, { id, answered: status })
  return {
    exitCode: exitCodes.ok,
    text: `resumed: ${id}`,
    json: { version: 1, attempt: id, decision: 'resume', answer },
  }
}

import { UndriftError } from '../../../domain/errors.ts'
import { dataOption } from '../../data-option.ts'
import { decider } from '../../decide.ts'
import { findTarget, followedBy, type HoldPlace } from '../../hold-target.ts'
import { sayToWatch } from '../../say-to-watch.ts'
import { withSession } from '../../session.ts'
import { listWatches } from '../../watches.ts'
import type { CommandInput, CommandResult } from '../command.ts'
import type { Context } from '../context.ts'
import { oneLine } from '../render/table.ts'

/** Corrects what a line stands on; newer releases are judged anew. */
export async function line(context: Context, input: CommandInput): Promise<CommandResult> {
  const [action, target, tag] = input.args
  if (action !== 'set') throw usage(`\`line\` has one action, \`set\`, and not \`${action ?? ''}\`.`)
  if (!target || !tag) throw usage('A line and a tag are needed.')
  const { reason } = input.options
  const by = typeof input.options.by === 'string' ? input.options.by : decider(context.env)
  const command = `undrift line${dataOption(context)} set`
  return withSession(context, async (session) => {
    const followed = followedBy(await listWatches(session))
    const place = lineOf(findTarget(target, followed, { meant: 'fork', command }), followed)
    const { upstream, ...which } = place
    const word = { ...which, tag, by, ...(typeof reason === 'string' ? { reason } : {}) }
    const answer = await sayToWatch(session, upstream, { name: 'setLine', input: word })
    return { exitCode: 0, text: oneLine(answer), json: { version: 1, upstream, ...which, tag, answer } }
  })
}

/** The line that is meant: a fork with one line needs no more than its name. */
function lineOf(
  { upstream, fork, line: named }: HoldPlace,
  followed: ReturnType<typeof followedBy>,
): { readonly upstream: string; readonly fork: string; readonly line: string } {
  const all = followed.flatMap((each) => (each.upstream === upstream ? each.lines : []))
  const own = all.filter((key) => key.startsWith(`${fork}/`))
  const [only] = own
  const key = named !== null ? `${fork}/${named}` : own.length === 1 ? only : undefined
  if (fork !== null && key !== undefined) return { upstream, fork, line: key.slice(fork.length + 1) }
  throw usage(`${fork} has several lines: ${own.join(', ')}.`)
}

function usage(message: string): UndriftError {
  const hint = 'For example: undrift line set my-fork/main v1.2.0 --reason "v2.0.0 was a mistake"'
  return new UndriftError('UNDRIFT_E_USAGE', message, { hint })
}

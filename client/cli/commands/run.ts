import { resolve } from 'node:path'
import { toAttemptSettings } from '../../../config/attempt-settings.ts'
import { UndriftError } from '../../../domain/errors.ts'
import { maintainId } from '../../../domain/ids.ts'
import { refNameProblem } from '../../../domain/ref-name.ts'
import type { AttemptSettings } from '../../../domain/settings.ts'
import { attemptDetails, attemptDetailsIfAnswered } from '../../attempt-details.ts'
import { linesOf } from '../../event-lines.ts'
import { findAttempt } from '../../find-attempt.ts'
import { readEvent } from '../../release-event.ts'
import { type Session, withSession } from '../../session.ts'
import { type StartedAttempt, startAttempt } from '../../start-attempt.ts'
import { webUiLink } from '../../web-ui.ts'
import { allowConfig } from '../allow-config.ts'
import type { CommandInput, CommandResult } from '../command.ts'
import type { Context } from '../context.ts'
import { lineOption } from '../line-option.ts'
import { worstExitCode } from '../outcome-exit-code.ts'
import { readConfigOf } from '../read-config.ts'
import { standing, waitForAttempt } from '../wait-for-attempt.ts'

interface Wanted {
  readonly settings: readonly AttemptSettings[]
  readonly tag: string
}

/** Starts the maintenance of a release and waits for it; what runs already is joined. */
export async function run(context: Context, input: CommandInput): Promise<CommandResult> {
  const wanted = await whatIsWanted(context, input)
  const problem = wanted.tag.startsWith('-')
    ? 'begins with a dash'
    : refNameProblem(`refs/tags/${wanted.tag}`)
  if (problem !== null)
    throw new UndriftError('UNDRIFT_E_INPUT', `\`${wanted.tag}\` cannot be a tag: it ${problem}.`)
  if (wanted.settings.length === 0) {
    const text = `No line takes ${wanted.tag}; undrift run FORK ${wanted.tag} starts it all the same.`
    return { exitCode: 0, text, json: { version: 1, attempts: [] } }
  }
  return withSession(context, async (session) => {
    const started: StartedAttempt[] = []
    for (const settings of wanted.settings) {
      const dry = input.options.dryRun === true ? dryRun(settings) : settings
      const ended = input.options.again === true ? 'start-again' : 'leave'
      const attempt = await startAttempt(session, { settings: dry, tag: wanted.tag }, { ended })
      context.say(`${attempt.id}: ${saying[attempt.how]}`)
      started.push(attempt)
      if (attempt.how === 'joined' && input.options.dryRun === true)
        await warnOfPush(context, session, attempt)
    }
    if (input.options.detach === true) return detached(session, started)
    const results: CommandResult[] = []
    for (const attempt of started) {
      results.push(await resultOf(context, session, attempt))
      if (context.signal.aborted) break
    }
    const [only] = results
    if (results.length === 1 && only !== undefined) return only
    return together(results)
  })
}

const saying: Readonly<Record<StartedAttempt['how'], string>> = {
  started: 'started',
  joined: 'running already; joined',
  'already-done': 'already done; --again makes another attempt',
}

async function whatIsWanted(context: Context, input: CommandInput): Promise<Wanted> {
  const [fork, tag] = input.args
  const { event } = input.options
  if (typeof event === 'string') {
    if (fork !== undefined)
      throw new UndriftError('UNDRIFT_E_USAGE', 'Give a fork and a tag, or --event FILE, not both.')
    const [config, release] = [await readConfigOf(context), await readEvent(resolve(context.cwd, event))]
    await allowConfig(context, config)
    const { tag } = release.payload
    const { taken, leftOut } = linesOf(config, release)
    for (const { fork, line, reason } of leftOut) {
      context.say(`${maintainId(fork, line, tag)}: left out, ${reason}`)
    }
    return { settings: taken, tag }
  }
  if (fork === undefined || tag === undefined) {
    throw new UndriftError('UNDRIFT_E_USAGE', 'A fork and a tag are needed.', {
      hint: 'For example: undrift run my-fork v1.2.0',
    })
  }
  const config = await readConfigOf(context)
  const settings = toAttemptSettings(config, fork, lineOption(input.options.line, tag))
  await allowConfig(context, config)
  return { settings: [settings], tag }
}

/** The same settings with nothing outward: the attempt waits for `approve` before it pushes. */
function dryRun(settings: AttemptSettings): AttemptSettings {
  const { fork } = settings
  return { ...settings, fork: { ...fork, publish: { ...fork.publish, push: false } } }
}

/** An attempt that runs already keeps the settings that it was started with. */
async function warnOfPush(context: Context, session: Session, attempt: StartedAttempt): Promise<void> {
  const { status } = await attemptDetailsIfAnswered(session, await findAttempt(session, attempt.id))
  if (status?.settings.fork.publish.push === false) return
  const warning = `${attempt.id} was started without --dry-run: it may push its candidate by itself`
  context.host.writeError(`${context.talkStyle.yellow(warning)}\n`)
}

async function resultOf(context: Context, session: Session, attempt: StartedAttempt): Promise<CommandResult> {
  if (attempt.how !== 'already-done') return waitForAttempt(context, session, { id: attempt.id })
  const details = await attemptDetails(session, await findAttempt(session, attempt.id))
  return standing(context, details, webUiLink(session.server, attempt.id, attempt.runId))
}

function detached(session: Session, started: readonly StartedAttempt[]): CommandResult {
  const attempts = started.map(({ id, runId, how }) => {
    return { id, how, webUi: webUiLink(session.server, id, runId) }
  })
  return {
    exitCode: 0,
    text: started.map(({ id, how }) => `${how}: ${id}`).join('\n'),
    json: { version: 1, attempts },
  }
}

function together(results: readonly CommandResult[]): CommandResult {
  const attempts = results.map((result) => result.json)
  const codes = results.map((result) => result.exitCode)
  return {
    exitCode: worstExitCode(codes),
    text: results.map((result) => result.text).join('\n\n'),
    json: { version: 1, attempts },
  }
}

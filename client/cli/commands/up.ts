import type { Config } from '../../../config/config.ts'
import { findConfig } from '../../../config/load-config.ts'
import { type ExitCode, exitCodes } from '../../../domain/exit-codes.ts'
import { type AppliedWatch, applyWatches } from '../../apply-watches.ts'
import { dataOption } from '../../data-option.ts'
import { withSession } from '../../session.ts'
import { watchedNames } from '../../watches.ts'
import { allowConfig } from '../allow-config.ts'
import type { CommandInput, CommandResult } from '../command.ts'
import { warnOfConfig } from '../config-check.ts'
import type { Context } from '../context.ts'
import { toPort } from '../options.ts'
import { readConfigOf } from '../read-config.ts'
import { renderUp } from '../render/up.ts'
import { startWorkerProcess, type WorkerEvent } from '../worker-process.ts'

/** Starts the server and workers of all roles, takes over the config, and stays until it is told to end. */
export async function up(context: Context, input: CommandInput): Promise<CommandResult> {
  // Before anything is started, so that a mistake in it is not found behind a running server.
  const config = await configIfAny(context)
  if (config !== null) await allowConfig(context, config)
  const child = startWorkerProcess(context, upArguments(context, input))
  try {
    const warned = config === null ? null : warnOfConfig(context, config)
    const [ready] = await Promise.all([child.event('ready'), warned])
    const running = config === null ? await withSession(context, watchedNames) : []
    const watches = config === null ? [] : await takeOver(context, config)
    report(context, { ready, config, watches, running })
  } catch (error) {
    child.stop()
    const exitCode = await child.ended.catch(() => exitCodes.internal)
    if (context.signal.aborted) return stopped(context, exitCode)
    throw error
  }
  return stopped(context, await child.ended)
}

function stopped(context: Context, exitCode: ExitCode): CommandResult {
  if (!context.signal.aborted) return { exitCode, text: '', json: null }
  context.say('Stopped. Every attempt goes on with the next `undrift up`.')
  return {
    exitCode: exitCode === exitCodes.ok ? (context.signal.reason as ExitCode) : exitCode,
    text: '',
    json: null,
  }
}

async function configIfAny(context: Context): Promise<Config | null> {
  if (context.configPath === undefined && (await findConfig(context.cwd)) === null) return null
  return readConfigOf(context)
}

function upArguments(context: Context, input: CommandInput): readonly string[] {
  const { port, uiPort } = input.options
  return [
    'up',
    '--data',
    context.data.root,
    ...(port === undefined ? [] : ['--port', toPort('--port', port)]),
    ...(uiPort === undefined ? [] : ['--ui-port', toPort('--ui-port', uiPort)]),
  ]
}

function takeOver(context: Context, config: Config): Promise<readonly AppliedWatch[]> {
  return withSession(context, (session) => applyWatches(session, config, { prune: false }))
}

function report(
  context: Context,
  at: {
    readonly ready: WorkerEvent
    readonly config: Config | null
    readonly watches: readonly AppliedWatch[]
    readonly running: readonly string[]
  },
): void {
  const address = typeof at.ready.address === 'string' ? at.ready.address : ''
  const uiUrl = typeof at.ready.uiUrl === 'string' ? at.ready.uiUrl : (context.env.UNDRIFT_UI_URL ?? null)
  const config = at.config?.path ?? null
  if (context.json) {
    const { pid, workers } = at.ready
    context.print(
      JSON.stringify({
        version: 1,
        address,
        uiUrl,
        pid,
        workers,
        data: context.data.root,
        config,
        watches: at.watches,
        ...(at.config === null ? { running: at.running } : {}),
      }),
    )
    return
  }
  context.print(
    renderUp(
      {
        address,
        uiUrl,
        data: context.data.root,
        config,
        watches: at.watches,
        running: at.running,
        dataOption: dataOption(context),
      },
      context.style,
    ),
  )
}

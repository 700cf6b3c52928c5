import type { Config } from '../../config/config.ts'
import { type ConfigWarning, configWarnings } from '../../config/config-warnings.ts'
import { missingBranches } from '../missing-branches.ts'
import type { Context } from './context.ts'
import { renderWarnings } from './render/warnings.ts'

/** What a valid config will stumble over: secrets that are not here, feeds that are closed, branches that are not there. */
export async function warningsOf(
  context: Context,
  config: Config,
  remotes: 'all' | 'local',
): Promise<readonly ConfigWarning[]> {
  const { env, signal } = context
  return [...configWarnings(config, env), ...(await missingBranches(config, { env, signal, remotes }))]
}

/** Says it to whoever starts something; nothing is held up by it. */
export async function warnOfConfig(context: Context, config: Config): Promise<void> {
  if (context.json) return
  const warnings = await warningsOf(context, config, 'all')
  if (warnings.length > 0) context.host.writeError(`${renderWarnings(warnings, context.talkStyle)}\n`)
}

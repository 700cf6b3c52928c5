import type { Config } from '../../config/config.ts'
import type { LoadOptions } from '../../config/load-config.ts'
import type { Context } from './context.ts'

/** The config that `--config` names, else the nearest `undrift.yaml`. */
export async function readConfigOf(context: Context): Promise<Config> {
  // Only now: the schema costs a third of the start, and a command that is given a repository or a list reads no config.
  const { loadConfig } = await import('../../config/load-config.ts')
  return loadConfig(configLocation(context))
}

/** Where the config is looked for. */
export function configLocation(context: Context): LoadOptions {
  return context.configPath === undefined
    ? { cwd: context.cwd }
    : { cwd: context.cwd, path: context.configPath }
}

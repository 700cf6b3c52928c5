import type { Config } from '../../config/config.ts'
import { type LoadOptions, loadConfig } from '../../config/load-config.ts'
import type { Context } from './context.ts'

/** The config that `--config` names, else the nearest `undrift.yaml`. */
export function readConfigOf(context: Context): Promise<Config> {
  return loadConfig(configLocation(context))
}

/** Where the config is looked for. */
export function configLocation(context: Context): LoadOptions {
  return context.configPath === undefined
    ? { cwd: context.cwd }
    : { cwd: context.cwd, path: context.configPath }
}

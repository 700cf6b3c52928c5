import { homedir } from 'node:os'
import { join } from 'node:path'
import { loadClientConfigProfile, toClientOptions } from '@temporalio/envconfig'
import type { NativeConnectionOptions } from '@temporalio/worker'

/** How to reach a Temporal server. */
export interface ServerAddress {
  readonly address: string
  readonly namespace: string
  readonly options: NativeConnectionOptions
}

/** The server that the standard TEMPORAL_* variables or a profile choose; null when they choose none. */
export function chosenServer(env: NodeJS.ProcessEnv): ServerAddress | null {
  const profile = loadClientConfigProfile({ overrideEnvVars: defined(env) })
  if (profile.address === undefined) return null
  return {
    address: profile.address,
    namespace: profile.namespace ?? 'default',
    options: toClientOptions(profile).connectionOptions,
  }
}

/** The server at an address that was named, with what else the environment says of the connection. */
export function namedServer(address: string, env: NodeJS.ProcessEnv): ServerAddress {
  const chosen = chosenServer({ ...env, TEMPORAL_ADDRESS: address })
  return chosen ?? { address, namespace: 'default', options: { address } }
}

/** A server without credentials on this machine. */
export function localServer(address: string): ServerAddress {
  return { address, namespace: 'default', options: { address } }
}

/** The variables that decide about the connection, for a process whose environment is otherwise emptied. */
export function connectionVariables(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const config = env.XDG_CONFIG_HOME || join(env.HOME || homedir(), '.config')
  const named = Object.entries(env).filter(([name]) => name.startsWith('TEMPORAL_'))
  return {
    TEMPORAL_CONFIG_FILE: join(config, 'temporalio', 'temporal.toml'),
    ...Object.fromEntries(named),
  }
}

function defined(env: NodeJS.ProcessEnv): Record<string, string> {
  return Object.fromEntries(
    Object.entries(env).filter((entry): entry is [string, string] => entry[1] !== undefined),
  )
}

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { ConnectionOptions } from '@temporalio/client'
import { loadClientConfigProfile, toClientOptions } from '@temporalio/envconfig'
import type { DataFolder } from '../config/data-folder.ts'
import { UndriftError } from '../domain/errors.ts'
import { dataOption } from './data-option.ts'

/** Where the CLI stands: what decides about the server and about commands that can be pasted. */
export interface Surroundings {
  readonly data: DataFolder
  readonly env: NodeJS.ProcessEnv
}

/** The Temporal server that an installation talks to. */
export interface Server {
  readonly address: string
  readonly namespace: string
  /** Null where nobody told us of one. */
  readonly uiUrl: string | null
  /** Who chose it: the standard TEMPORAL_* variables or a profile, or `undrift up` on this data folder. */
  readonly chosenBy: 'environment' | 'data-folder'
  readonly connection: ConnectionOptions
}

/** The server of the environment or of a profile, else the embedded one of the data folder. */
export function locateServer(from: Surroundings): Server {
  const profile = loadClientConfigProfile({ overrideEnvVars: definedOnly(from.env) })
  if (profile.address !== undefined) {
    return {
      address: profile.address,
      namespace: profile.namespace ?? 'default',
      uiUrl: from.env.UNDRIFT_UI_URL || null,
      chosenBy: 'environment',
      connection: toClientOptions(profile).connectionOptions as ConnectionOptions,
    }
  }
  const file = readServerFile(from.data)
  if (file === null) {
    throw new UndriftError(
      'UNDRIFT_E_SERVER',
      `No Temporal server runs on the data folder ${from.data.root}.`,
      { hint: startHint(from) },
    )
  }
  return {
    address: file.address,
    namespace: 'default',
    uiUrl: from.env.UNDRIFT_UI_URL || file.uiUrl,
    chosenBy: 'data-folder',
    connection: { address: file.address },
  }
}

/** The error for a server that does not answer, with the command that starts one. */
export function serverSilent(server: Server, from: Surroundings & { readonly cause: unknown }): UndriftError {
  const hint =
    server.chosenBy === 'environment'
      ? 'Check TEMPORAL_ADDRESS and the profile, and that the server runs.'
      : startHint(from)
  return new UndriftError('UNDRIFT_E_SERVER', `The Temporal server at ${server.address} does not answer.`, {
    hint,
    cause: from.cause,
  })
}

/** What `undrift up` leaves in the data folder while it runs; null when there is none. */
function readServerFile(
  data: DataFolder,
): { readonly address: string; readonly uiUrl: string | null } | null {
  try {
    const file: unknown = JSON.parse(readFileSync(join(data.temporal, 'server.json'), 'utf8'))
    if (typeof file !== 'object' || file === null || !('address' in file)) return null
    const uiUrl = 'uiUrl' in file && typeof file.uiUrl === 'string' ? file.uiUrl : null
    return typeof file.address === 'string' ? { address: file.address, uiUrl } : null
  } catch {
    return null
  }
}

function startHint(from: Surroundings): string {
  return `Start one with \`undrift up${dataOption(from)}\`, or set TEMPORAL_ADDRESS.`
}

function definedOnly(env: NodeJS.ProcessEnv): Record<string, string> {
  return Object.fromEntries(
    Object.entries(env).filter((entry): entry is [string, string] => entry[1] !== undefined),
  )
}

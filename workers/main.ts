import { accessSync, constants } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { type DataFolder, dataFolder } from '../config/data-folder.ts'
import { withoutEmpty } from '../config/without-empty.ts'
import { UndriftError } from '../domain/errors.ts'
import { type ExitCode, exitCodes } from '../domain/exit-codes.ts'
import { roles as allRoles, type Role } from '../domain/queues.ts'
import { chosenServer, localServer, namedServer, type ServerAddress } from './connection.ts'
import { emit, emitError } from './events.ts'
import { createLogger } from './logger.ts'
import { openPrivateFolder } from './private-folder.ts'
import { readServerState } from './server-state.ts'

/**
 * The processes that the CLI starts: `up` (server and workers) and `worker` (some roles). What they have to say to
 * their parent goes to stdout as events, the rest to stderr.
 */
const usage =
  'Usage: main up|worker [--data DIR] [--port N] [--ui-port N] [--role ROLES] [--policy FILE] [--address HOST:PORT] [--grace SECONDS]'

/** A parent that has stopped reading must not keep us. */
const patienceMs = 5_000

const env = withoutEmpty(process.env)

// What this process and its children make is for nobody else's eyes.
process.umask(0o077)
const signal = stopSignal()
process.exitCode = await run(signal).catch((error) =>
  error === signal.reason ? exitCodes.ok : emitError(error),
)
await Promise.race([allSaid(), sleep(patienceMs, undefined, { ref: false })])
// Nothing is to be waited for any more; what still holds the process up must not.
process.exit()

/** Resolves when the parent has taken every event and line: what does not fit into a pipe would end with the process. */
async function allSaid(): Promise<void> {
  const last = (stream: NodeJS.WriteStream) =>
    new Promise<void>((resolve) => stream.write('', () => resolve()))
  await Promise.all([last(process.stdout), last(process.stderr)])
}

async function run(signal: AbortSignal): Promise<ExitCode> {
  const { command, values } = readArguments()
  const data = openData(values.data)
  switch (command) {
    case 'up': {
      const { superviseAll } = await import('./supervisor.ts')
      await superviseAll({
        data,
        port: number(values.port),
        uiPort: number(values['ui-port']),
        env,
        log: createLogger(env, 'up'),
        say: (line) => void process.stderr.write(`${line}\n`),
        signal,
        onReady: emit,
      })
      return exitCodes.ok
    }
    case 'worker': {
      const roles = readRoles(values.role)
      const server = findServer(values, data)
      const { runWorker } = await import('./run-worker.ts')
      await runWorker({
        roles,
        server,
        data,
        policy: values.policy,
        env,
        log: createLogger(env, roles.join(',')),
        signal,
        graceSeconds: number(values.grace) ?? 30,
        onReady: () =>
          emit({
            event: 'ready',
            address: server.address,
            uiUrl: null,
            pid: process.pid,
            roles,
            workers: { [roles.join(',')]: process.pid },
          }),
      })
      return exitCodes.ok
    }
  }
}

/** The data folder, which must be there, private and ours to write to. */
function openData(option: string | undefined): DataFolder {
  const data = dataFolder(option, env)
  try {
    openPrivateFolder(data.root)
    accessSync(data.root, constants.W_OK)
    return data
  } catch (cause) {
    if (cause instanceof UndriftError) throw cause
    throw new UndriftError('UNDRIFT_E_USAGE', `The data folder cannot be used: ${(cause as Error).message}`, {
      cause,
      hint: 'Name another one with --data or UNDRIFT_DATA.',
    })
  }
}

/** Aborted when somebody asks this process to end, and when the parent that holds our channel is gone. */
function stopSignal(): AbortSignal {
  const controller = new AbortController()
  const stop = () => controller.abort(new Error('asked to end'))
  for (const name of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(name, stop)
  process.on('disconnect', stop)
  // The parent that reads our events may go first.
  process.stdout.on('error', () => {})
  process.stderr.on('error', () => {})
  return controller.signal
}

function readArguments() {
  try {
    const { positionals, values } = parseArgs({
      allowPositionals: true,
      options: {
        data: { type: 'string' },
        port: { type: 'string' },
        'ui-port': { type: 'string' },
        role: { type: 'string' },
        policy: { type: 'string' },
        address: { type: 'string' },
        embedded: { type: 'string' },
        grace: { type: 'string' },
      },
    })
    const [command] = positionals
    if (command === 'up' || command === 'worker') return { command, values } as const
    throw new Error('no command')
  } catch (cause) {
    throw new UndriftError('UNDRIFT_E_USAGE', `${(cause as Error).message}. ${usage}`, { cause })
  }
}

function number(text: string | undefined): number | undefined {
  if (text === undefined) return undefined
  if (/^\d{1,5}$/.test(text) && Number(text) < 65_536) return Number(text)
  throw new UndriftError('UNDRIFT_E_USAGE', `Not a number from 0 to 65535: ${text}`)
}

function readRoles(text: string | undefined): readonly Role[] {
  const names = text === undefined ? [...allRoles] : text.split(',').map((name) => name.trim())
  return [...new Set(names)].map((name) => {
    const role = allRoles.find((known) => known === name)
    if (role !== undefined) return role
    throw new UndriftError('UNDRIFT_E_USAGE', `No such role: ${name}. There are ${allRoles.join(', ')}.`)
  })
}

function findServer(
  values: { readonly embedded?: string; readonly address?: string },
  data: DataFolder,
): ServerAddress {
  if (values.embedded !== undefined) return localServer(values.embedded)
  if (values.address !== undefined) return namedServer(values.address, env)
  const chosen = chosenServer(env)
  if (chosen !== null) return chosen
  const embedded = readServerState(data)
  if (embedded !== null) return localServer(embedded.address)
  throw new UndriftError(
    'UNDRIFT_E_SERVER',
    'No Temporal server is named, and none runs on the data folder.',
    {
      hint: 'Give --address, or set TEMPORAL_ADDRESS or a profile.',
    },
  )
}

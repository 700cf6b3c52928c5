import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import type { Role } from '../domain/queues.ts'
import { endChild, isOpen, spawnTied } from './child-process.ts'
import { connectionVariables } from './connection.ts'

export interface WorkerChildOptions {
  readonly roles: readonly Role[]
  readonly dataRoot: string
  /** The embedded server's address; null when the environment chooses the server. */
  readonly address: string | null
  readonly env: NodeJS.ProcessEnv
  /** Called when it begins to serve its roles. */
  readonly onServing: () => void
}

export interface WorkerChild {
  readonly pid: number
  /** Whether it serves its roles. */
  readonly serves: boolean
  /** Resolves when it has ended. */
  readonly ended: Promise<void>
  /** How it ended. */
  end(): { readonly exitCode: number | null; readonly signal: string | null }
  /** Asks it to end, and makes it end after the grace period. */
  stop(graceMs: number): Promise<void>
}

/** Time that running activities get when `up` is stopped by hand: a person is waiting, and attempts go on later. */
const graceSeconds = 2

/** Starts a worker process for these roles that ends with this one. */
export function startWorkerChild(childOptions: WorkerChildOptions): WorkerChild {
  const { roles, dataRoot, address, env } = childOptions
  const main = fileURLToPath(
    new URL(import.meta.url.endsWith('.ts') ? './main.ts' : './main.js', import.meta.url),
  )
  const options = ['--role', roles.join(','), '--data', dataRoot, '--grace', `${graceSeconds}`]
  const child = spawnTied(
    process.execPath,
    [main, 'worker', ...options, ...(address === null ? [] : ['--embedded', address])],
    {
      env: workerEnvironment(roles, { env, address }),
      stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
      detached: true,
      onParentDeath: 'SIGKILL',
    },
  )
  const ended = new Promise<void>((resolve) => {
    child.once('exit', () => resolve())
    child.once('error', () => resolve())
  })
  let serves = false
  if (child.stdout) {
    createInterface({ input: child.stdout }).on('line', (line) => {
      if (serves || !line.startsWith('{"event":"ready"')) return
      serves = true
      childOptions.onServing()
    })
  }
  return {
    pid: child.pid ?? 0,
    get serves() {
      return serves && isOpen(child)
    },
    ended,
    end: () => ({ exitCode: child.exitCode, signal: child.signalCode }),
    stop: (graceMs) => endChild(child, graceMs),
  }
}

/** What a worker that runs untrusted code needs to know, and nothing else. */
const harmless = [
  'PATH',
  'LANG',
  'LC_ALL',
  'LC_CTYPE',
  'TZ',
  'TMPDIR',
  'NODE_EXTRA_CA_CERTS',
  'UNDRIFT_LOG',
  'UNDRIFT_LOG_LEVEL',
]

/** Invariant: a process that serves only `verify` is started without any secret of the operator. */
function workerEnvironment(
  roles: readonly Role[],
  { env, address }: { readonly env: NodeJS.ProcessEnv; readonly address: string | null },
): NodeJS.ProcessEnv {
  if (roles.some((role) => role !== 'verify')) return env
  const kept = Object.fromEntries(
    harmless.filter((name) => env[name] !== undefined).map((name) => [name, env[name]]),
  )
  return address === null ? { ...kept, ...connectionVariables(env) } : kept
}

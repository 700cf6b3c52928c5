import { once } from 'node:events'
import { createConnection } from 'node:net'
import { Client, Connection, isGrpcServiceError, ServiceError } from '@temporalio/client'
import { NamespaceNotFoundError } from '@temporalio/common'
import { UndriftError } from '../domain/errors.ts'
import { searchAttributeNames } from '../workflows/messages.ts'
import { locateServer, type Server, type Surroundings, serverSilent } from './server.ts'

/** An open connection to the server. */
export interface Session {
  readonly client: Client
  readonly server: Server
}

/** gRPC status codes. Source: https://grpc.io/docs/guides/status-codes/ */
const cancelled = 1
const invalidArgument = 3
const deadlineExceeded = 4
const failedPrecondition = 9
const unavailable = 14
const unauthenticated = 16
const permissionDenied = 7

/** Opens a connection for the time of one call. A server that is not there, or goes away, becomes UNDRIFT_E_SERVER. */
export async function withSession<T>(from: Surroundings, use: (session: Session) => Promise<T>): Promise<T> {
  const server = locateServer(from)
  const connection = await connect(server, from)
  const client = new Client({ connection, namespace: server.namespace })
  try {
    return await use({ client, server })
  } catch (error) {
    throw readable(error, server, from)
  } finally {
    await connection.close()
  }
}

/** Asks something that only a worker can answer; says so when none does within the time. */
export async function askWorker<T>(
  session: Session,
  ask: () => Promise<T>,
  options: { readonly seconds: number } = { seconds: 10 },
): Promise<T> {
  try {
    return await session.client.withDeadline(Date.now() + options.seconds * 1000, ask)
  } catch (error) {
    if (isWorkerSilent(error)) {
      throw new UndriftError('UNDRIFT_E_WORKER', 'No worker serves the queue `undrift`, or none answers.', {
        cause: error,
      })
    }
    throw error
  }
}

/** Whether the server answers but no worker does. */
export function isWorkerSilent(error: unknown): boolean {
  if (error instanceof UndriftError) return error.code === 'UNDRIFT_E_WORKER'
  const code = grpcCode(error)
  // A deadline that runs out between two tries of the client library comes as a cancelled call.
  if (code === deadlineExceeded || code === cancelled) return true
  return code === failedPrecondition && /no poller|worker/i.test(wordsOf(error))
}

/** Whether the server itself does not answer. */
export function isServerSilent(error: unknown): boolean {
  if (error instanceof UndriftError) return error.code === 'UNDRIFT_E_SERVER'
  return grpcCode(error) === unavailable
}

async function connect(server: Server, from: Surroundings): Promise<Connection> {
  try {
    // gRPC goes on trying for seconds where nobody listens; on this machine the answer is known at once.
    if (server.chosenBy === 'data-folder') await knock(server.address)
    return await Connection.connect({ ...server.connection, connectTimeout: '5s' })
  } catch (error) {
    throw serverSilent(server, { ...from, cause: error })
  }
}

/** Resolves when somebody listens there. */
async function knock(address: string): Promise<void> {
  const colon = address.lastIndexOf(':')
  const socket = createConnection({ host: address.slice(0, colon), port: Number(address.slice(colon + 1)) })
  try {
    await once(socket, 'connect', { signal: AbortSignal.timeout(5000) })
  } finally {
    socket.destroy()
  }
}

function readable(error: unknown, server: Server, from: Surroundings): unknown {
  if (error instanceof UndriftError) return error
  const code = grpcCode(error)
  if (code === unavailable || code === deadlineExceeded)
    return serverSilent(server, { ...from, cause: error })
  if (code === unauthenticated || code === permissionDenied) {
    return new UndriftError('UNDRIFT_E_AUTH', `The Temporal server refused us: ${wordsOf(error)}`, {
      cause: error,
      hint: 'Check TEMPORAL_API_KEY, the TLS settings and the namespace of the profile.',
    })
  }
  if (error instanceof NamespaceNotFoundError) {
    return new UndriftError(
      'UNDRIFT_E_SERVER',
      `The Temporal server has no namespace \`${server.namespace}\`.`,
      {
        cause: error,
        hint: 'Check TEMPORAL_NAMESPACE and the profile.',
      },
    )
  }
  if (code === invalidArgument && /search attribute/i.test(wordsOf(error))) {
    return new UndriftError(
      'UNDRIFT_E_SERVER',
      `The Temporal server lacks Undrift's search attributes: ${wordsOf(error)}`,
      {
        cause: error,
        hint: `Register them with: ${registration}`,
      },
    )
  }
  if (code === null || code === invalidArgument) return error
  return new UndriftError(
    'UNDRIFT_E_SERVER',
    `The Temporal server at ${server.address} failed: ${wordsOf(error)}`,
    {
      cause: error,
      hint: 'Check that the address is a Temporal server’s gRPC port, and see its log.',
    },
  )
}

/** What an operator types on a server where workers may not register anything themselves. */
const registration = Object.values(searchAttributeNames)
  .map((name) => `--name ${name} --type ${name === searchAttributeNames.updatedAt ? 'Datetime' : 'Keyword'}`)
  .reduce((command, pair) => `${command} ${pair}`, 'temporal operator search-attribute create')

function grpcCode(error: unknown): number | null {
  if (isGrpcServiceError(error)) return error.code
  if (error instanceof Error && error.cause !== undefined) return grpcCode(error.cause)
  return null
}

function wordsOf(error: unknown): string {
  if (isGrpcServiceError(error)) return error.details
  if (error instanceof ServiceError && error.cause) return wordsOf(error.cause)
  return error instanceof Error ? error.message : String(error)
}

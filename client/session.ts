import { once } from 'node:events'
import { createConnection } from 'node:net'
import { type Client, Connection } from '@temporalio/client'
import { UndriftError } from '../domain/errors.ts'
import { sealedClient } from '../seal/sealed-client.ts'
import { locateServer, type Server, type Surroundings, serverSilent } from './server.ts'
import { isWorkerSilent, serverFailure } from './server-failure.ts'

/** An open connection to the server. */
export interface Session {
  readonly client: Client
  readonly server: Server
  /** Where the CLI stands. */
  readonly from: Surroundings
}

/** Opens a connection for the time of one call. A server that is not there, or goes away, becomes UNDRIFT_E_SERVER. */
export async function withSession<T>(from: Surroundings, use: (session: Session) => Promise<T>): Promise<T> {
  const server = locateServer(from)
  const connection = await connect(server, from)
  try {
    const client = sealedClient(connection, server.namespace, from)
    return await use({ client, server, from })
  } catch (error) {
    throw serverFailure(error, server, from)
  } finally {
    await connection.close()
  }
}

/** Asks something that only a worker can answer; says so when none does within the time. */
export async function askWorker<T>(
  session: Pick<Session, 'client' | 'from'>,
  ask: () => Promise<T>,
  options: { readonly seconds: number } = { seconds: 10 },
): Promise<T> {
  try {
    const answer = await session.client.withDeadline(Date.now() + options.seconds * 1000, ask)
    return signedAnswer(answer, session.from)
  } catch (error) {
    if (isWorkerSilent(error)) {
      throw new UndriftError('UNDRIFT_E_WORKER', 'No worker serves the queue `undrift`, or none answers.', {
        cause: error,
      })
    }
    throw error
  }
}

/** An answer that is what its worker gave. UNDRIFT_E_UNSIGNED where nobody signed it that this data folder trusts. */
function signedAnswer<T>(answer: T | null | undefined, { data }: Pick<Surroundings, 'data'>): T {
  if (answer !== null && answer !== undefined) return answer
  throw new UndriftError(
    'UNDRIFT_E_UNSIGNED',
    `What answers is not signed by a key that the data folder ${data.root} trusts.`,
    {
      hint: 'Where the workers have a data folder of their own: `undrift key` shows its key there, `undrift trust` takes it here.',
    },
  )
}

async function connect(server: Server, from: Surroundings): Promise<Connection> {
  try {
    // gRPC goes on trying for seconds where nobody listens; on this machine the answer is known at once.
    if (server.chosenBy === 'data-folder') await knock(server.address)
    return await Connection.connect({ ...server.connection, connectTimeout: '5s' })
  } catch (error) {
    // No gRPC status at all: nobody was reached.
    const failure = serverFailure(error, server, from)
    throw failure === error ? serverSilent(server, { ...from, cause: error }) : failure
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

import { isGrpcServiceError, ServiceError } from '@temporalio/client'
import { NamespaceNotFoundError } from '@temporalio/common'
import { UndriftError } from '../domain/errors.ts'
import { searchAttributeNames } from '../workflows/messages.ts'
import { type Server, type Surroundings, serverSilent } from './server.ts'

/** gRPC status codes. Source: https://grpc.io/docs/guides/status-codes/ */
const cancelled = 1
const invalidArgument = 3
const deadlineExceeded = 4
const permissionDenied = 7
const failedPrecondition = 9
const unavailable = 14
const unauthenticated = 16

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

/** A failed call to the server as an error of ours; what is not the server's doing is left as it is. */
export function serverFailure(error: unknown, server: Server, from: Surroundings): unknown {
  if (error instanceof UndriftError) return error
  if (error instanceof NamespaceNotFoundError) {
    const message = `The Temporal server has no namespace \`${server.namespace}\`.`
    return new UndriftError('UNDRIFT_E_SERVER', message, {
      cause: error,
      hint: 'Check TEMPORAL_NAMESPACE and the profile.',
    })
  }
  const words = wordsOf(error)
  switch (grpcCode(error)) {
    case null:
      return error
    case unavailable:
    case deadlineExceeded:
      return serverSilent(server, { ...from, cause: error })
    case unauthenticated:
    case permissionDenied:
      return new UndriftError('UNDRIFT_E_AUTH', `The Temporal server refused us: ${words}`, {
        cause: error,
        hint: 'Check TEMPORAL_API_KEY, the TLS settings and the namespace of the profile.',
      })
    case invalidArgument: {
      if (!/search attribute/i.test(words)) return error
      const message = `The Temporal server lacks Undrift's search attributes: ${words}`
      const hint = `Register them with: ${registration}`
      return new UndriftError('UNDRIFT_E_SERVER', message, { cause: error, hint })
    }
    default:
      return new UndriftError(
        'UNDRIFT_E_SERVER',
        `The Temporal server at ${server.address} failed: ${words}`,
        {
          cause: error,
          hint: 'Check that the address is the gRPC port of a Temporal server, and see its log.',
        },
      )
  }
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

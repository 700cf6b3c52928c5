import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { FeedRequest } from '../types.ts'

export interface LoopbackServer extends AsyncDisposable {
  /** Without a slash at the end. */
  readonly origin: string
  readonly requests: readonly IncomingMessage[]
}

/** A real HTTP server on loopback for the tests of the feeds. */
export async function serve(
  answer: (request: IncomingMessage, response: ServerResponse) => void,
): Promise<LoopbackServer> {
  const requests: IncomingMessage[] = []
  const server = createServer((request, response) => {
    requests.push(request)
    answer(request, response)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    origin: `http://127.0.0.1:${port}`,
    requests,
    [Symbol.asyncDispose]: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

/** A poll of a server on loopback, which is opened for it. */
export function requestFor(url: string, more: Partial<FeedRequest> = {}): FeedRequest {
  return { url, cursor: null, allow: ['127.0.0.0/8'], signal: new AbortController().signal, ...more }
}

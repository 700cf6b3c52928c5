import { spawn } from 'node:child_process'
import { once } from 'node:events'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { buffer } from 'node:stream/consumers'
import { type Certificate, makeCertificate } from './certificate.ts'

export interface GitServerOptions {
  /** Every repository below it is served. */
  readonly root: string
  /** The password that every request must carry. */
  readonly token: string
  /** One of its own when it is left out. */
  readonly certificate?: Certificate
}

/** A Git host over HTTPS on loopback that opens to nobody without the token. */
export interface GitServer {
  /** `https://127.0.0.1:…`; the path of a repository below the root follows. */
  readonly address: string
  /** The certificate to trust, in PEM. */
  readonly cert: string
  /** How many requests came with the token, and how many were turned away. */
  counts(): { readonly let: number; readonly refused: number }
  close(): Promise<void>
}

/** Serves repositories by Git's own http-backend. */
export async function startGitServer(options: GitServerOptions): Promise<GitServer> {
  const { root, token, certificate = makeCertificate(new Date()) } = options
  const { key, cert } = certificate
  const counts = { let: 0, refused: 0 }
  const server = createServer({ key, cert }, (request, response) => {
    if (!carries(request, token)) {
      counts.refused += 1
      response.writeHead(401, { 'www-authenticate': 'Basic realm="harness"' }).end()
      return
    }
    counts.let += 1
    backend(root, request, response).catch((error: unknown) => response.destroy(error as Error))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    address: `https://127.0.0.1:${(server.address() as AddressInfo).port}`,
    cert,
    counts: () => ({ ...counts }),
    async close() {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}

function carries(request: IncomingMessage, token: string): boolean {
  const [kind, credential = ''] = request.headers.authorization?.split(' ') ?? []
  const plain = Buffer.from(credential, 'base64').toString()
  return kind === 'Basic' && plain.slice(plain.indexOf(':') + 1) === token
}

/** One request, as CGI. Source: git-http-backend(1). */
async function backend(root: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const url = new URL(request.url ?? '/', 'https://localhost')
  const { headers } = request
  const child = spawn('git', ['http-backend'], {
    stdio: ['pipe', 'pipe', 'ignore'],
    env: {
      PATH: process.env.PATH,
      GIT_CONFIG_NOSYSTEM: '1',
      GIT_HTTP_EXPORT_ALL: '1',
      GIT_PROJECT_ROOT: root,
      PATH_INFO: decodeURIComponent(url.pathname),
      QUERY_STRING: url.search.slice(1),
      REQUEST_METHOD: request.method,
      CONTENT_TYPE: headers['content-type'] ?? '',
      HTTP_CONTENT_ENCODING: headers['content-encoding'] ?? '',
      GIT_PROTOCOL: [headers['git-protocol'] ?? ''].flat().join(''),
      REMOTE_USER: 'harness',
      REMOTE_ADDR: '127.0.0.1',
    },
  })
  request.pipe(child.stdin)
  // A backend that has read enough may close its end first.
  child.stdin.on('error', () => {})
  const answer = await buffer(child.stdout)
  const end = answer.indexOf('\r\n\r\n')
  let status = 200
  for (const line of answer.subarray(0, end).toString().split('\r\n')) {
    const colon = line.indexOf(':')
    const [name, value] = [line.slice(0, colon), line.slice(colon + 1).trim()]
    if (name === 'Status') status = Number.parseInt(value, 10)
    else response.setHeader(name, value)
  }
  response.writeHead(status).end(answer.subarray(end + 4))
}

import { execFileSync, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readFileSync } from 'node:fs'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { getCACertificates, setDefaultCACertificates } from 'node:tls'

const backend = join(execFileSync('git', ['--exec-path'], { encoding: 'utf8' }).trim(), 'git-http-backend')

/** What a machine lacks to serve Git over HTTPS; empty when nothing. */
export const missingForHttps: readonly string[] = [
  ...(existsSync(backend) ? [] : ['git-http-backend']),
  ...(spawnSync('openssl', ['version']).status === 0 ? [] : ['openssl']),
]

export interface HttpsRemotes {
  /** `https://localhost:<port>`. */
  readonly origin: string
  close(): void
}

/**
 * Serves the repositories in the folder `served` of a test's folder over HTTPS, with a certificate that git and this process
 * trust until it is closed. A request that `answer` says it has answered does not reach Git.
 */
export async function serveHttps(
  folder: string,
  answer: (request: IncomingMessage, response: ServerResponse) => boolean = () => false,
): Promise<HttpsRemotes> {
  const [key, cert] = [join(folder, 'key.pem'), join(folder, 'cert.pem')]
  const subject = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost']
  const argv = ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', ...subject]
  execFileSync('openssl', [...argv, '-keyout', key, '-out', cert], { stdio: 'ignore' })
  const before = { GIT_SSL_CAINFO: process.env.GIT_SSL_CAINFO, no_proxy: process.env.no_proxy }
  process.env.GIT_SSL_CAINFO = cert
  process.env.no_proxy = 'localhost'
  const trusted = getCACertificates()
  setDefaultCACertificates([...trusted, readFileSync(cert, 'utf8')])
  const server = createServer({ key: readFileSync(key), cert: readFileSync(cert) }, (request, response) => {
    if (!answer(request, response)) serveGit(request, response, join(folder, 'served'))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    origin: `https://localhost:${(server.address() as AddressInfo).port}`,
    close: () => {
      for (const [name, value] of Object.entries(before)) {
        if (value === undefined) delete process.env[name]
        else process.env[name] = value
      }
      setDefaultCACertificates(trusted)
      server.closeAllConnections()
      server.close()
    },
  }
}

/** Git's own CGI behind Node's server. */
export function serveGit(request: IncomingMessage, response: ServerResponse, root: string): void {
  const url = new URL(request.url ?? '/', 'https://localhost')
  const child = spawn(backend, {
    env: {
      PATH: process.env.PATH,
      GIT_PROJECT_ROOT: root,
      GIT_HTTP_EXPORT_ALL: '1',
      GIT_CONFIG_NOSYSTEM: '1',
      GIT_CONFIG_GLOBAL: '/dev/null',
      GIT_PROTOCOL: request.headers['git-protocol']?.toString() ?? '',
      PATH_INFO: url.pathname,
      QUERY_STRING: url.search.slice(1),
      REQUEST_METHOD: request.method,
      CONTENT_TYPE: request.headers['content-type'] ?? '',
      CONTENT_LENGTH: request.headers['content-length'] ?? '',
      HTTP_CONTENT_ENCODING: request.headers['content-encoding'] ?? '',
    },
  })
  request.pipe(child.stdin)
  child.stdin.on('error', () => {})
  const out: Buffer[] = []
  child.stdout.on('data', (chunk: Buffer) => out.push(chunk))
  child.on('close', () => {
    const whole = Buffer.concat(out)
    const end = whole.indexOf('\r\n\r\n')
    const lines = whole.toString('latin1', 0, end).split('\r\n')
    const headers = lines.map((line) => line.split(/: (.*)/s))
    const status = headers.find(([name]) => name === 'Status')?.[1]
    for (const [name = '', value = ''] of headers) if (name !== 'Status') response.setHeader(name, value)
    response.writeHead(status ? Number.parseInt(status, 10) : 200).end(whole.subarray(end + 4))
  })
}

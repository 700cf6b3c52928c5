import { execFileSync, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { createServer, type Server } from 'node:https'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { Oid } from '../../domain/patch.ts'
import { spawnGit } from '../process/command.ts'
import { push } from '../push/push.ts'
import { makeBare, makeFolder, makeRepo, type TestFolder, type TestRepo } from '../testing.ts'
import type { Mirror, RemoteAccess } from '../types.ts'
import { fetchUpstream } from './fetch.ts'
import { openMirror } from './mirror.ts'
import { listRemote } from './remote.ts'
import { accessOptions } from './remote-access.ts'

const token = 'undrift-test-token-0451'
const backend = join(execFileSync('git', ['--exec-path'], { encoding: 'utf8' }).trim(), 'git-http-backend')
const missing = [
  ...(existsSync(backend) ? [] : ['git-http-backend']),
  ...(spawnSync('openssl', ['version']).status === 0 ? [] : ['openssl']),
]

describe.skipIf(missing.length > 0)(`an https remote (needs ${missing.join(', ') || 'nothing more'})`, () => {
  let folder: TestFolder
  let server: Server
  let mirror: Mirror
  let remote: TestRepo
  let origin: string
  let one: Oid
  let seen: { url: string; authorization: string | undefined }[] = []
  let answer: (request: IncomingMessage, response: ServerResponse) => boolean = () => false
  const before = { GIT_SSL_CAINFO: process.env.GIT_SSL_CAINFO, no_proxy: process.env.no_proxy }

  beforeAll(async () => {
    folder = makeFolder()
    const source = makeRepo(join(folder.path, 'source'))
    one = source.commit('one', { file: '1' })
    source.git('tag', 'v1')
    remote = makeBare(join(folder.path, 'served', 'x.git'))
    source.git('push', '-q', remote.dir, 'main', 'v1')
    remote.git('config', 'http.receivepack', 'true')
    mirror = await openMirror({ path: join(folder.path, 'mirror.git') })
    const [key, cert] = [join(folder.path, 'key.pem'), join(folder.path, 'cert.pem')]
    execFileSync(
      'openssl',
      [
        ...['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', '-subj', '/CN=localhost'],
        ...['-addext', 'subjectAltName=DNS:localhost', '-keyout', key, '-out', cert],
      ],
      { stdio: 'ignore' },
    )
    process.env.GIT_SSL_CAINFO = cert
    process.env.no_proxy = 'localhost'
    server = createServer({ key: readFileSync(key), cert: readFileSync(cert) }, (request, response) => {
      seen.push({ url: request.url ?? '', authorization: request.headers.authorization })
      if (!answer(request, response)) serve(request, response, join(folder.path, 'served'))
    })
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    origin = `https://localhost:${(server.address() as AddressInfo).port}`
  })
  beforeEach(() => {
    seen = []
    answer = () => false
  })
  afterAll(async () => {
    for (const [name, value] of Object.entries(before)) {
      if (value === undefined) delete process.env[name]
      else process.env[name] = value
    }
    server.closeAllConnections()
    server.close()
    folder.remove()
  })

  const access = (secret: string | null, path = 'x.git'): RemoteAccess => ({
    remote: { name: 'origin', url: `${origin}/${path}`, token: secret === null ? null : 'env:TOKEN' },
    secret,
  })

  function demand(request: IncomingMessage, response: ServerResponse): boolean {
    const wanted = `Basic ${Buffer.from(`x-access-token:${token}`).toString('base64')}`
    if (request.headers.authorization === wanted) return false
    response.writeHead(401, { 'www-authenticate': 'Basic realm="x"' }).end()
    return true
  }

  it('fetches and pushes with a token', async () => {
    answer = demand
    expect(await fetchUpstream(mirror, access(token), { tag: 'v1' })).toMatchObject({ kind: 'ok' })
    const update = { ref: 'refs/heads/candidate', to: one, expected: null }
    expect(await push(mirror, access(token), [update])).toEqual({ kind: 'pushed' })
    expect(remote.oid('refs/heads/candidate')).toBe(one)
  })

  it('keeps the token out of argv, of the URL and of the mirror', async () => {
    const options = accessOptions(access(token))
    const child = spawnGit(mirror, ['cat-file', '--batch'], options)
    await once(child, 'spawn')
    const argv = readFileSync(`/proc/${child.pid}/cmdline`, 'utf8')
    child.stdin.end()
    await once(child, 'close')
    expect(argv).not.toContain(token)
    await listRemote(mirror, access(token), ['refs/heads/*'])
    for (const word of [token, 'uthorization']) {
      expect(spawnSync('grep', ['-r', word, mirror.path]).status).toBe(1)
    }
  })

  it.each([
    [null, 401],
    ['wrong', 401],
    [token, 403],
  ])('says that the credentials were refused (%s, %d), and never shows them', async (secret, status) => {
    answer = (_, response) => {
      response.writeHead(status, { 'www-authenticate': 'Basic realm="x"' }).end(`no ${token}`)
      return true
    }
    const tried = await listRemote(mirror, access(secret), ['refs/heads/*']).catch((error: unknown) => error)
    expect(tried).toMatchObject({ code: 'UNDRIFT_E_AUTH', retryable: false })
    expect(`${tried}`).not.toContain(token)
    // No storm: one refusal is enough.
    expect(seen.length).toBeLessThanOrEqual(2)
  })

  it.each([500, 503, 429, 404])('counts %d as unreachable', async (status) => {
    answer = (_, response) => {
      response.writeHead(status).end()
      return true
    }
    await expect(listRemote(mirror, access(token), ['refs/heads/*'])).rejects.toMatchObject({
      code: 'UNDRIFT_E_REMOTE',
    })
  })

  it('does not hand the token to the host that it is redirected to', async () => {
    const other = createServer(
      { key: readFileSync(join(folder.path, 'key.pem')), cert: readFileSync(join(folder.path, 'cert.pem')) },
      (request, response) => {
        seen.push({ url: `other${request.url}`, authorization: request.headers.authorization })
        response.writeHead(404).end()
      },
    )
    other.listen(0, '127.0.0.1')
    await once(other, 'listening')
    answer = (request, response) => {
      const port = (other.address() as AddressInfo).port
      response.writeHead(302, { location: `https://localhost:${port}${request.url}` }).end()
      return true
    }
    await expect(listRemote(mirror, access(token), ['refs/heads/*'])).rejects.toMatchObject({
      code: 'UNDRIFT_E_REMOTE',
    })
    const redirected = seen.filter(({ url }) => url.startsWith('other'))
    expect(redirected.length).toBeGreaterThan(0)
    expect(redirected.every(({ authorization }) => authorization === undefined)).toBe(true)
    other.closeAllConnections()
    other.close()
  })

  it('refuses a certificate that nobody vouches for', async () => {
    const cert = process.env.GIT_SSL_CAINFO
    mkdirSync(join(folder.path, 'none'), { recursive: true })
    writeFileSync(join(folder.path, 'none', 'ca.pem'), '')
    process.env.GIT_SSL_CAINFO = join(folder.path, 'none', 'ca.pem')
    await expect(listRemote(mirror, access(null), ['refs/heads/*'])).rejects.toMatchObject({
      code: 'UNDRIFT_E_REMOTE',
    })
    process.env.GIT_SSL_CAINFO = cert
  })
})

/** Git's own CGI behind Node's server. */
function serve(request: IncomingMessage, response: ServerResponse, root: string): void {
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
    const headers = whole
      .toString('latin1', 0, end)
      .split('\r\n')
      .map((line) => line.split(/: (.*)/s))
    const status = headers.find(([name]) => name === 'Status')?.[1]
    for (const [name = '', value = ''] of headers) if (name !== 'Status') response.setHeader(name, value)
    response.writeHead(status ? Number.parseInt(status, 10) : 200).end(whole.subarray(end + 4))
  })
}

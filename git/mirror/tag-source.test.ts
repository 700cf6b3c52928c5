import { execFileSync, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { createServer, type Server } from 'node:https'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { makeBare, makeFolder, makeRepo, type TestRepo } from '../testing.ts'
import type { RemoteAccess } from '../types.ts'
import { openTagSource } from './tag-source.ts'

const folder = makeFolder()
let source: TestRepo
let remote: TestRepo
beforeAll(() => {
  source = makeRepo(join(folder.path, 'source'))
  source.commit('one', { a: '1' })
  source.git('tag', 'v1')
  source.commit('two', { a: '2' })
  source.git('tag', '-a', 'v2', '-m', 'two')
  source.git('tag', '-a', 'nested', '-m', 'nested', 'v2')
  source.git('tag', 'blob', source.oid('HEAD:a'))
  source.git('tag', 'tree', source.oid('HEAD^{tree}'))
  remote = makeBare(join(folder.path, 'served', 'x.git'))
  source.git('push', '-q', '--tags', remote.dir, 'main')
})
afterAll(() => folder.remove())

function access(url: string): RemoteAccess {
  return { remote: { name: 'source', url, token: null }, secret: null }
}

async function look(url: string) {
  await using tags = await openTagSource(access(url))
  const commits = await tags.commitsOf(tags.tags)
  const found = new Set(commits.map(({ tag }) => tag))
  const history = await tags.historyOf(tags.tags.filter(({ tag }) => found.has(tag)))
  return { tags: tags.tags.map(({ tag }) => tag), commits, history }
}

function expected() {
  const [one, two] = [source.oid('v1^{commit}'), source.oid('v2^{commit}')]
  const dateOf = (oid: string) => Number(source.git('show', '-s', '--format=%ct', oid))
  return {
    tags: ['blob', 'nested', 'tree', 'v1', 'v2'],
    commits: [
      { tag: 'nested', commit: two, date: dateOf(two) },
      { tag: 'v1', commit: one, date: dateOf(one) },
      { tag: 'v2', commit: two, date: dateOf(two) },
    ],
    history: [
      { oid: two, parents: [one] },
      { oid: one, parents: [] },
    ],
  }
}

it('reads a repository on this machine in place, and leaves nothing behind', async () => {
  const leftovers = () => readdirSync(tmpdir()).filter((name) => name.startsWith('undrift-tags-'))
  const before = new Set(leftovers())
  expect(await look(source.dir)).toEqual(expected())
  expect(await look(remote.dir)).toEqual(expected())
  await expect(openTagSource(access(join(folder.path, 'none')))).rejects.toMatchObject({
    code: 'UNDRIFT_E_REMOTE',
  })
  expect(leftovers().filter((name) => !before.has(name))).toEqual([])
})

it('reads a work tree whose repository lies elsewhere', async () => {
  const tree = join(folder.path, 'tree')
  source.git('worktree', 'add', '-q', '--detach', tree, 'v1')
  expect(await look(tree)).toEqual(expected())
})

it('ends with the caller', async () => {
  await expect(openTagSource(access(source.dir), AbortSignal.abort(new Error('enough')))).rejects.toThrow(
    'enough',
  )
})

const backend = join(execFileSync('git', ['--exec-path'], { encoding: 'utf8' }).trim(), 'git-http-backend')
const missing = [
  ...(existsSync(backend) ? [] : ['git-http-backend']),
  ...(spawnSync('openssl', ['version']).status === 0 ? [] : ['openssl']),
]

describe.skipIf(missing.length > 0)(`over https (needs ${missing.join(', ') || 'nothing more'})`, () => {
  let server: Server
  const before = { GIT_SSL_CAINFO: process.env.GIT_SSL_CAINFO, no_proxy: process.env.no_proxy }
  beforeAll(async () => {
    const [key, cert] = [join(folder.path, 'key.pem'), join(folder.path, 'cert.pem')]
    const subject = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost']
    const files = ['-keyout', key, '-out', cert]
    execFileSync(
      'openssl',
      ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', ...subject, ...files],
      {
        stdio: 'ignore',
      },
    )
    process.env.GIT_SSL_CAINFO = cert
    process.env.no_proxy = 'localhost'
    server = createServer({ key: readFileSync(key), cert: readFileSync(cert) }, (request, response) =>
      serve(request, response, join(folder.path, 'served')),
    )
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
  })
  afterAll(() => {
    for (const [name, value] of Object.entries(before)) {
      if (value === undefined) delete process.env[name]
      else process.env[name] = value
    }
    server.closeAllConnections()
    server.close()
  })

  it.each(['true', 'false'])(
    'looks at commits, whether the server leaves trees out (%s) or not',
    async (filter) => {
      remote.git('config', 'uploadpack.allowFilter', filter)
      const { port } = server.address() as AddressInfo
      expect(await look(`https://localhost:${port}/x.git`)).toEqual(expected())
    },
  )
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
    const lines = whole.toString('latin1', 0, end).split('\r\n')
    const headers = lines.map((line) => line.split(/: (.*)/s))
    const status = headers.find(([name]) => name === 'Status')?.[1]
    for (const [name = '', value = ''] of headers) if (name !== 'Status') response.setHeader(name, value)
    response.writeHead(status ? Number.parseInt(status, 10) : 200).end(whole.subarray(end + 4))
  })
}

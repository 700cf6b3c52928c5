import { spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
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
import { type HttpsRemotes, missingForHttps, serveGit, serveHttps } from './https-testing.ts'
import { openMirror } from './mirror.ts'
import { listRemote } from './remote.ts'
import { accessOptions } from './remote-access.ts'

const token = 'undrift-test-token-0451'
describe.skipIf(missingForHttps.length > 0)(
  `an https remote (needs ${missingForHttps.join(', ') || 'nothing more'})`,
  () => {
    let folder: TestFolder
    let remotes: HttpsRemotes
    let mirror: Mirror
    let remote: TestRepo
    let origin: string
    let one: Oid
    let seen: { url: string; authorization: string | undefined }[] = []
    let answer: (request: IncomingMessage, response: ServerResponse) => boolean = () => false

    beforeAll(async () => {
      folder = makeFolder()
      const source = makeRepo(join(folder.path, 'source'))
      one = source.commit('one', { file: '1' })
      source.git('tag', 'v1')
      remote = makeBare(join(folder.path, 'served', 'x.git'))
      source.git('push', '-q', remote.dir, 'main', 'v1')
      remote.git('config', 'http.receivepack', 'true')
      mirror = await openMirror({ path: join(folder.path, 'mirror.git') })
      remotes = await serveHttps(folder.path, (request, response) => {
        seen.push({ url: request.url ?? '', authorization: request.headers.authorization })
        return answer(request, response)
      })
      ;({ origin } = remotes)
    })
    beforeEach(() => {
      seen = []
      answer = () => false
    })
    afterAll(async () => {
      remotes.close()
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
      const tried = await listRemote(mirror, access(secret), ['refs/heads/*']).catch(
        (error: unknown) => error,
      )
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

    describe('that has moved to a host which answers like any other', () => {
      let other: Server
      let there: string
      let elsewhere: TestRepo
      let reached: { url: string; authorization: string | undefined; bytes: number }[] = []

      beforeAll(async () => {
        elsewhere = makeBare(join(folder.path, 'elsewhere', 'x.git'))
        elsewhere.git('config', 'http.receivepack', 'true')
        spawnSync('git', [
          '--git-dir',
          elsewhere.dir,
          'fetch',
          '-q',
          remote.dir,
          'main:main',
          'refs/tags/v1:refs/tags/v1',
        ])
        const [key, cert] = ['key.pem', 'cert.pem'].map((name) => readFileSync(join(folder.path, name)))
        other = createServer({ key, cert }, (request, response) => {
          const hit = { url: request.url ?? '', authorization: request.headers.authorization, bytes: 0 }
          reached.push(hit)
          request.on('data', (chunk: Buffer) => {
            hit.bytes += chunk.length
          })
          serveGit(request, response, join(folder.path, 'elsewhere'))
        })
        other.listen(0, '127.0.0.1')
        await once(other, 'listening')
        there = `https://localhost:${(other.address() as AddressInfo).port}`
      })
      beforeEach(() => {
        reached = []
      })
      afterAll(() => {
        other.closeAllConnections()
        other.close()
      })

      const movedTo = () => ({
        code: 'UNDRIFT_E_MOVED',
        retryable: false,
        message: `The remote origin (${origin}/x.git) redirects to ${there}/x.git; nothing was sent there.`,
      })

      it.each([
        [301, 'every request', /./, token],
        [302, 'every request', /./, null],
        [307, 'every request', /./, token],
        [308, 'every request', /./, token],
        [302, 'what a push asks first', /receive-pack/, token],
        [302, 'what a push asks first', /receive-pack/, null],
      ])('gets no pack and no token by a %d of %s', async (status, _, pattern, secret) => {
        answer = (request, response) => {
          if (!pattern.test(request.url ?? '')) return false
          response.writeHead(status, { location: `${there}${request.url}` }).end()
          return true
        }
        const commit = one
        const update = { ref: `refs/heads/moved-${status}`, to: commit, expected: null }
        await expect(push(mirror, access(secret), [update])).rejects.toMatchObject(movedTo())
        if (pattern.test('any')) {
          await expect(listRemote(mirror, access(secret), ['refs/heads/*'])).rejects.toMatchObject(movedTo())
          const fetching = fetchUpstream(mirror, access(secret), { tag: 'v1' })
          await expect(fetching).rejects.toMatchObject(movedTo())
        }
        expect(reached).toEqual([])
        expect(elsewhere.git('for-each-ref', '--format=%(refname)', 'refs/heads').trim()).toBe(
          'refs/heads/main',
        )
      })

      it('gets no pack by a redirect of the last request alone', async () => {
        answer = (request, response) => {
          if (request.method !== 'POST' || !request.url?.includes('git-receive-pack')) return false
          response.writeHead(307, { location: `${there}${request.url}` }).end()
          return true
        }
        const update = { ref: 'refs/heads/moved-late', to: one, expected: null }
        await expect(push(mirror, access(token), [update])).rejects.toMatchObject({ code: 'UNDRIFT_E_MOVED' })
        expect(reached).toEqual([])
      })
    })

    it('connects to no other address than it is held to, and follows no redirect then', async () => {
      const heldTo = (...addresses: string[]) =>
        listRemote(mirror, { ...access(null), addresses }, ['refs/tags/*'])
      expect(await heldTo('127.0.0.1')).toMatchObject([{ ref: 'refs/tags/v1' }])
      seen = []
      await expect(heldTo('127.0.0.9')).rejects.toMatchObject({ code: 'UNDRIFT_E_REMOTE' })
      expect(seen).toEqual([])
      answer = (request, response) => {
        const there = `${origin}/x.git/info/refs?service=git-upload-pack`
        if (!request.url?.startsWith('/old.git')) return false
        response.writeHead(301, { location: there }).end()
        return true
      }
      const old = access(null, 'old.git')
      seen = []
      await expect(
        listRemote(mirror, { ...old, addresses: ['127.0.0.1'] }, ['refs/tags/*']),
      ).rejects.toMatchObject({ message: expect.stringContaining('returned error: 301') })
      expect(seen).toHaveLength(1)
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
  },
)

import type { IncomingMessage, ServerResponse } from 'node:http'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { createFeed } from '../adapters/feeds/create-feed.ts'
import { type HttpsRemotes, missingForHttps, serveHttps } from '../git/mirror/https-testing.ts'
import { makeBare, makeFolder, makeRepo, type TestFolder } from '../git/testing.ts'
import { listFeedTags } from './list-feed-tags.ts'

const token = 'undrift-canary-7719'
const basic = `Basic ${Buffer.from(`x-access-token:${token}`).toString('base64')}`

describe.skipIf(missingForHttps.length > 0)(
  `the tags of a repository over https (needs ${missingForHttps.join(', ') || 'nothing more'})`,
  () => {
    let folder: TestFolder
    let remotes: HttpsRemotes
    let seen: string[] = []
    let location = ''

    beforeAll(async () => {
      folder = makeFolder()
      const source = makeRepo(join(folder.path, 'source'))
      source.commit('one', { file: '1' })
      source.git('tag', 'v1')
      const served = makeBare(join(folder.path, 'served', 'new.git'))
      source.git('push', '-q', served.dir, 'main', 'v1')
      remotes = await serveHttps(folder.path, answer)
    })
    beforeEach(() => {
      seen = []
    })
    afterAll(() => {
      remotes.close()
      folder.remove()
    })

    /** A private repository that has another name now, as forges treat it: nobody else learns where it went. */
    function answer(request: IncomingMessage, response: ServerResponse): boolean {
      const { url = '', headers } = request
      seen.push(url)
      if (headers.authorization !== basic) {
        response.writeHead(401, { 'www-authenticate': 'Basic realm="x"' }).end()
        return true
      }
      if (!url.startsWith('/old')) return false
      response.writeHead(301, { location: `${location}/info/refs?service=git-upload-pack` }).end()
      return true
    }

    const poll = (path: string, { secret = token, allow = ['localhost'] } = {}) => {
      const url = `git+${remotes.origin}/${path}`
      const { signal } = new AbortController()
      return createFeed(url, { listTags: listFeedTags }).poll({
        url,
        cursor: null,
        allow,
        token: secret,
        signal,
      })
    }

    it('are read with the token, and not without a right one', async () => {
      expect(await poll('new.git')).toMatchObject({ kind: 'releases', releases: [{ tag: 'v1' }] })
      const refused = await poll('new.git', { secret: 'wrong' })
      expect(refused).toMatchObject({ kind: 'failed' })
      expect(JSON.stringify(refused)).not.toContain('wrong')
    })

    it('are read where the repository has moved to, which is told', async () => {
      location = '/new.git'
      expect(await poll('old.git')).toMatchObject({
        kind: 'releases',
        releases: [{ tag: 'v1' }],
        movedTo: `git+${remotes.origin}/new.git`,
      })
    })

    it('are not looked for at a private address that a redirect names', async () => {
      location = remotes.origin.replace('localhost', '127.0.0.1')
      expect(await poll('old.git')).toMatchObject({ kind: 'failed', reason: 'feed-refused-address' })
      expect(seen.every((url) => url.startsWith('/old.git/'))).toBe(true)
    })
  },
)

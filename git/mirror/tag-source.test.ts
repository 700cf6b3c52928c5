import { mkdirSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { makeBare, makeFolder, makeRepo, type TestRepo } from '../testing.ts'
import type { RemoteAccess } from '../types.ts'
import { type HttpsRemotes, missingForHttps, serveHttps } from './https-testing.ts'
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
  // A folder of its own: other tests read tags at the same time.
  const own = join(folder.path, 'tmp')
  mkdirSync(own)
  vi.stubEnv('TMPDIR', own)
  expect(await look(source.dir)).toEqual(expected())
  expect(await look(remote.dir)).toEqual(expected())
  await expect(openTagSource(access(join(folder.path, 'none')))).rejects.toMatchObject({
    code: 'UNDRIFT_E_REMOTE',
  })
  expect(readdirSync(own)).toEqual([])
  vi.unstubAllEnvs()
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

describe.skipIf(missingForHttps.length > 0)(
  `over https (needs ${missingForHttps.join(', ') || 'nothing more'})`,
  () => {
    let remotes: HttpsRemotes
    beforeAll(async () => {
      remotes = await serveHttps(folder.path)
    })
    afterAll(() => remotes.close())

    it.each(['true', 'false'])(
      'looks at commits, whether the server leaves trees out (%s) or not',
      async (filter) => {
        remote.git('config', 'uploadpack.allowFilter', filter)
        expect(await look(`${remotes.origin}/x.git`)).toEqual(expected())
      },
    )
  },
)

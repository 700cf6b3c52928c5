import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { readdirSync } from 'node:fs'
import { type AddressInfo, createServer, type Server } from 'node:net'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { defaultLimits, type Limits } from '../../domain/limits.ts'
import { fetchUpstream } from '../mirror/fetch.ts'
import { openMirror } from '../mirror/mirror.ts'
import { listRemote } from '../mirror/remote.ts'
import { push } from '../push/push.ts'
import { makeFolder, makeRepo, type TestFolder } from '../testing.ts'

let folder: TestFolder
let deaf: Server
/** A server that takes every connection and never says a word. */
let hung: { readonly remote: { name: string; url: string; token: null }; readonly secret: null }

beforeEach(async () => {
  folder = makeFolder()
  deaf = createServer(() => {}).listen(0, '127.0.0.1')
  await once(deaf, 'listening')
  const { port } = deaf.address() as AddressInfo
  hung = { remote: { name: 'hung', url: `ssh://git@127.0.0.1:${port}/x.git`, token: null }, secret: null }
})
afterEach(async () => {
  deaf.close()
  folder.remove()
})

async function mirrorWith(limits: Partial<Limits>, name = 'mirror.git') {
  return openMirror({ path: join(folder.path, name), limits: { ...defaultLimits, ...limits } })
}

it('ends a talk with a host that sends no byte, and says so', async () => {
  const mirror = await mirrorWith({ idleSeconds: 1 })
  await expect(listRemote(mirror, hung, ['refs/heads/*'])).rejects.toMatchObject({
    code: 'UNDRIFT_E_REMOTE',
    reason: 'remote-hung',
    message: expect.stringMatching(/ls-remote got no byte from 127\.0\.0\.1:\d+ for 1 s/),
  })
})

it('ends every talk at its deadline', async () => {
  const mirror = await mirrorWith({ deadlineSeconds: 1 })
  await expect(listRemote(mirror, hung, ['refs/heads/*'])).rejects.toMatchObject({
    message: expect.stringContaining('took longer than 1 s'),
  })
})

it('lets hosts that hang hold up only themselves', async () => {
  const source = makeRepo(join(folder.path, 'source'))
  source.commit('one', { a: 'x' })
  source.git('tag', 'v1')
  const slow = await mirrorWith({ idleSeconds: 30 })
  const stop = new AbortController()
  const waiting = Array.from({ length: 8 }, () =>
    push({ ...slow, signal: stop.signal }, hung, [
      { ref: 'refs/heads/x', to: 'a'.repeat(40), expected: null },
    ]).catch((error: unknown) => error),
  )
  const access = { remote: { name: 'o', url: source.dir, token: null }, secret: null }
  const fetched = await fetchUpstream(await mirrorWith({}, 'other.git'), access, { tag: 'v1' })
  expect(fetched.kind).toBe('ok')
  stop.abort(new Error('enough'))
  for (const error of await Promise.all(waiting)) expect(String(error)).toContain('enough')
})

it('ends a fetch whose pack is too large, and keeps nothing of it', async () => {
  const source = makeRepo(join(folder.path, 'source'))
  source.commit('one', { large: randomBytes(3_000_000) })
  source.git('tag', 'v1')
  const access = { remote: { name: 'o', url: source.dir, token: null }, secret: null }
  const mirror = await mirrorWith({ packBytes: 1_000_000 })
  await expect(fetchUpstream(mirror, access, { tag: 'v1' })).rejects.toMatchObject({
    code: 'UNDRIFT_E_TOO_HEAVY',
    reason: 'too-heavy-pack',
    exitCode: 3,
    message: expect.stringContaining('`limits.pack`'),
  })
  expect(readdirSync(join(mirror.path, 'objects', 'pack'))).toEqual([])
  const lifted = { ...mirror, limits: { ...defaultLimits, packBytes: Number.POSITIVE_INFINITY } }
  expect((await fetchUpstream(lifted, access, { tag: 'v1' })).kind).toBe('ok')
})

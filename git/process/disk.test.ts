import { execFileSync, spawnSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { mkdirSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Oid } from '../../domain/patch.ts'
import { checkOut } from '../conflict/checkout.ts'
import { fetchUpstream } from '../mirror/fetch.ts'
import { openMirror } from '../mirror/mirror.ts'
import { fetchRefs } from '../mirror/remote.ts'
import { makeFolder, makeRepo, type TestFolder, type TestRepo } from '../testing.ts'
import { runGit } from './command.ts'
import { nameFullDisk } from './disk.ts'

let folder: TestFolder
let small: string
let source: TestRepo
let one: Oid
let canMount = false

function mount(): boolean {
  return spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=2m', 'undrift-test', small]).status === 0
}

beforeAll(() => {
  folder = makeFolder()
  small = join(folder.path, 'small')
  mkdirSync(small)
  source = makeRepo(join(folder.path, 'source'))
  one = source.commit('one', { large: randomBytes(4_000_000), small: 'x' })
  source.git('tag', 'v1')
  canMount = mount()
})
afterAll(() => {
  if (canMount) execFileSync('umount', [small])
  folder.remove()
})

function access() {
  return { remote: { name: 'o', url: source.dir, token: null }, secret: null }
}

describe('a full disk', () => {
  it('takes the work tree with it and leaves the mirror sound', async ({ skip }) => {
    if (!canMount) skip('This user may not mount a small file system.')
    const mirror = await openMirror({ path: join(folder.path, 'mirror.git') })
    await fetchRefs(mirror, access(), ['refs/heads/*:refs/upstream/heads/*'])
    await expect(checkOut(mirror, one, join(small, 'tree'))).rejects.toMatchObject({
      code: 'UNDRIFT_E_DISK',
      retryable: true,
      message: expect.stringMatching(/is full\. \d\.\d MB are free there\. 4\.0 MB are needed/),
    })
    expect(readdirSync(small)).toEqual([])
    expect((await runGit(mirror, ['fsck'])).code).toBe(0)
  })

  it('stops a fetch, which goes well once there is room', async ({ skip }) => {
    if (!canMount) skip('This user may not mount a small file system.')
    const path = join(small, 'mirror.git')
    const mirror = await openMirror({ path })
    await expect(fetchUpstream(mirror, access(), { tag: 'v1' })).rejects.toMatchObject({
      code: 'UNDRIFT_E_DISK',
    })
    execFileSync('mount', ['-o', 'remount,size=32m', small])
    expect(await fetchUpstream(await openMirror({ path }), access(), { tag: 'v1' })).toMatchObject({
      kind: 'ok',
    })
    expect((await runGit(mirror, ['fsck'])).code).toBe(0)
  })
})

describe('nameFullDisk', () => {
  it('leaves every other error as it is', async () => {
    const error = new Error('other')
    expect(await nameFullDisk(error, folder.path)).toBe(error)
    expect(await nameFullDisk(error, '/nowhere')).toBe(error)
  })

  it('knows what Node calls a full disk', async () => {
    const error = Object.assign(new Error('full'), { code: 'ENOSPC' })
    expect(await nameFullDisk(error, folder.path)).toMatchObject({ code: 'UNDRIFT_E_DISK', cause: error })
  })
})

import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openMirror } from '../mirror/mirror.ts'
import { makeFolder, makeRepo, type TestFolder, type TestRepo } from '../testing.ts'
import type { Mirror, RemoteAccess } from '../types.ts'
import { type SeenMove, showMove } from './show-move.ts'

let folder: TestFolder
let upstream: TestRepo
let mirror: Mirror
let access: RemoteAccess
let before: { readonly tag: string; readonly tagObject: string; readonly commit: string }
beforeEach(async () => {
  folder = makeFolder()
  upstream = makeRepo(join(folder.path, 'upstream'))
  upstream.commit('Begin', { 'file.txt': 'one\n' })
  before = tag()
  // Nothing was ever fetched: the watch alone has seen the tag.
  mirror = await openMirror({ path: join(folder.path, 'mirror.git') })
  access = { remote: { name: 'git', url: upstream.dir, token: null }, secret: null }
})
afterEach(() => folder.remove())

function tag() {
  upstream.git('tag', '-f', '-a', '-m', 'one', 'v1')
  return { tag: 'v1', tagObject: upstream.oid('v1'), commit: upstream.oid('v1^{commit}') }
}

async function show(move: SeenMove): Promise<string> {
  return (await showMove(mirror, access, move)).join('\n')
}

describe('a tag that moved before any attempt fetched it', () => {
  it('is shown with the diff, where the upstream still gives the old object', async () => {
    upstream.commit('Slip in', { 'file.txt': 'two\n' })
    const after = tag()
    const text = await show({ before, after })
    expect(text).toContain(before.tagObject)
    expect(text).toContain(after.tagObject)
    expect(text).toMatch(/-one\n.*\+two/s)
  })

  it('is shown with the diff where only the id of the old tag object was kept', async () => {
    upstream.commit('Slip in', { 'file.txt': 'two\n' })
    expect(await show({ before: { ...before, commit: null }, after: tag() })).toContain('+two')
  })

  it('says with both ids that there is no diff where nobody has the old object any more', async () => {
    upstream.git('checkout', '-q', '--orphan', 'other')
    upstream.commit('Begin anew', { 'file.txt': 'two\n' })
    upstream.git('branch', '-D', 'main')
    const after = tag()
    upstream.git('reflog', 'expire', '--expire=now', '--all')
    upstream.git('gc', '-q', '--prune=now')
    for (const commit of [before.commit, null]) {
      const text = await show({ before: { ...before, commit }, after })
      expect(text).toContain(before.tagObject)
      expect(text).toContain(after.tagObject)
      expect(text).toMatch(/There is no diff: this worker's mirror does not hold [0-9a-f]{40}/)
    }
  })

  it('names what is known where the upstream cannot be asked, and says so', async () => {
    upstream.commit('Slip in', { 'file.txt': 'two\n' })
    const after = tag()
    access = { ...access, remote: { ...access.remote, url: join(folder.path, 'nowhere') } }
    const text = await show({ before, after })
    expect(text).toContain(before.tagObject)
    expect(text).toContain('The upstream could not be asked')
  })

  it('says of a deleted tag that it is gone, and what it was', async () => {
    upstream.git('tag', '-d', 'v1')
    const text = await show({ before, after: null })
    expect(text).toMatch(new RegExp(`first seen: tag object ${before.tagObject}, tagged by Ada.*gone`, 's'))
  })
})

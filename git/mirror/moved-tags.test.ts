import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { makeFolder, makeRepo, type TestFolder, type TestRepo } from '../testing.ts'
import type { RemoteAccess } from '../types.ts'
import { findMovedTags } from './moved-tags.ts'

let folder: TestFolder
let upstream: TestRepo
let access: RemoteAccess
beforeEach(() => {
  folder = makeFolder()
  upstream = makeRepo(join(folder.path, 'upstream'))
  upstream.commit('one', { file: '1' })
  for (const tag of ['v1', 'v2']) upstream.git('tag', tag)
  upstream.git('tag', '-a', '-m', 'three', 'v3')
  access = { remote: { name: 'git', url: upstream.dir, token: null }, secret: null }
})
afterEach(() => folder.remove())

function pins(...tags: readonly string[]) {
  return tags.map((tag) => ({ tag, tagObject: upstream.oid(tag) }))
}

describe('findMovedTags', () => {
  it('finds nothing while every tag is what was seen first, and does not ask for no tag at all', async () => {
    const place = { cwd: folder.path }
    expect(await findMovedTags(place, access, pins('v1', 'v2', 'v3'))).toEqual([])
    const nowhere = { ...access, remote: { ...access.remote, url: '/nowhere/at/all' } }
    expect(await findMovedTags(place, nowhere, [])).toEqual([])
  })

  it('tells a tag that moved, one that was tagged again on the same commit, and one that vanished', async () => {
    const seen = pins('v1', 'v2', 'v3')
    const [one, two, three] = seen.map(({ tagObject }) => tagObject)
    const commit = upstream.commit('two', { file: '2' })
    upstream.git('tag', '-f', 'v1')
    upstream.git('tag', '-d', 'v2')
    upstream.git('tag', '-f', '-a', '-m', 'three again', 'v3', 'v3^{commit}')
    expect(await findMovedTags({ cwd: folder.path }, access, seen)).toEqual([
      { tag: 'v1', before: one, after: { tag: 'v1', tagObject: commit, commit } },
      { tag: 'v2', before: two, after: null },
      { tag: 'v3', before: three, after: { tag: 'v3', tagObject: upstream.oid('v3'), commit: one } },
    ])
  })

  it('finds one among very many', async () => {
    const names = Array.from({ length: 300 }, (_, index) => `n${index}`)
    upstream.git('fetch', '-q', '.', ...names.map((name) => `HEAD:refs/tags/${name}`))
    const seen = pins('v1').flatMap(({ tagObject }) => names.map((tag) => ({ tag, tagObject })))
    upstream.commit('two', { file: '2' })
    upstream.git('tag', '-f', 'n250')
    expect((await findMovedTags({ cwd: folder.path }, access, seen)).map(({ tag }) => tag)).toEqual(['n250'])
  })

  it('refuses what cannot be a tag, and says when the remote cannot be reached', async () => {
    const place = { cwd: folder.path }
    await expect(findMovedTags(place, access, [{ tag: '*', tagObject: 'a' }])).rejects.toMatchObject({
      code: 'UNDRIFT_E_INPUT',
    })
    const nowhere = { ...access, remote: { ...access.remote, url: '/nowhere/at/all' } }
    await expect(findMovedTags(place, nowhere, pins('v1'))).rejects.toMatchObject({
      code: 'UNDRIFT_E_REMOTE',
    })
  })
})

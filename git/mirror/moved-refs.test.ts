import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Oid } from '../../domain/patch.ts'
import type { PinnedRelease } from '../../domain/release.ts'
import { makeFolder, makeRepo, type TestFolder, type TestRepo } from '../testing.ts'
import type { Mirror, RemoteAccess } from '../types.ts'
import { fetchUpstream } from './fetch.ts'
import { openMirror } from './mirror.ts'
import { tagMoveSince } from './moved-refs.ts'
import { hasObject } from './queries.ts'
import { readRef } from './refs.ts'

let folder: TestFolder
let upstream: TestRepo
let mirror: Mirror
let access: RemoteAccess
let old: PinnedRelease
beforeEach(async () => {
  folder = makeFolder()
  upstream = makeRepo(join(folder.path, 'upstream'))
  upstream.commit('one', { file: '1' })
  upstream.git('tag', '-a', '-m', 'one', 'v1')
  mirror = await openMirror({ path: join(folder.path, 'mirror.git') })
  access = { remote: { name: 'origin', url: upstream.dir, token: null }, secret: null }
  const fetched = await fetchUpstream(mirror, access, { tag: 'v1' })
  if (fetched.kind !== 'ok') throw new Error(fetched.kind)
  old = fetched.release
})
afterEach(() => folder.remove())

/** Makes the tag anew on another commit; returns what it is now. */
function move(content: string): PinnedRelease {
  const commit = upstream.commit(`now ${content}`, { file: content })
  upstream.git('tag', '-f', '-a', '-m', 'again', 'v1')
  return { tag: 'v1', tagObject: upstream.oid('v1'), commit }
}

function pin(): Promise<Oid | null> {
  return readRef(mirror, 'refs/upstream/tags/v1')
}

describe('a tag that moved', () => {
  it('is brought beside the pinned one for comparison, and never over it', async () => {
    const moved = move('2')
    expect(await fetchUpstream(mirror, access, { tag: 'v1' })).toEqual({
      kind: 'tag-moved',
      before: old,
      after: moved,
    })
    expect(await pin()).toBe(old.tagObject)
    expect(await readRef(mirror, `refs/moved/${moved.tagObject}/v1`)).toBe(moved.tagObject)
    expect(await hasObject(mirror, moved.commit)).toBe(true)
  })

  it('is pinned anew once a person took the very object, and the old one is kept', async () => {
    const moved = move('2')
    await fetchUpstream(mirror, access, { tag: 'v1' })
    const accepted = [moved.tagObject]
    const taken = { kind: 'ok', release: moved }
    expect(await fetchUpstream(mirror, access, { tag: 'v1', seen: old, accepted })).toEqual(taken)
    expect(await pin()).toBe(moved.tagObject)
    expect(await readRef(mirror, `refs/moved/${old.tagObject}/v1`)).toBe(old.tagObject)
    expect(await fetchUpstream(mirror, access, { tag: 'v1' })).toEqual(taken)

    const again = move('3')
    expect(await fetchUpstream(mirror, access, { tag: 'v1', accepted })).toEqual({
      kind: 'tag-moved',
      before: moved,
      after: again,
    })
  })

  it('is noticed by a machine that never had it, from what the caller saw', async () => {
    const moved = move('2')
    const fresh = await openMirror({ path: join(folder.path, 'other.git') })
    const found = await fetchUpstream(fresh, access, { tag: 'v1', seen: old })
    expect(found).toEqual({ kind: 'tag-moved', before: old, after: moved })
    const wanted = { tag: 'v1', seen: old, accepted: [moved.tagObject] }
    expect(await fetchUpstream(fresh, access, wanted)).toEqual({ kind: 'ok', release: moved })
  })

  it('is noticed when it was deleted, and what was seen first can still be taken', async () => {
    upstream.git('tag', '-d', 'v1')
    expect(await fetchUpstream(mirror, access, { tag: 'v1' })).toEqual({
      kind: 'tag-moved',
      before: old,
      after: null,
    })
    const accepted = [old.tagObject]
    expect(await fetchUpstream(mirror, access, { tag: 'v1', accepted })).toEqual({ kind: 'ok', release: old })
    expect(await pin()).toBe(old.tagObject)
    const fresh = await openMirror({ path: join(folder.path, 'other.git') })
    await expect(fetchUpstream(fresh, access, { tag: 'v1', seen: old, accepted })).rejects.toMatchObject({
      code: 'UNDRIFT_E_REMOTE',
      message: expect.stringContaining('deleted upstream'),
    })
  })

  it('is found by one look right before a push, and brought here', async () => {
    expect(await tagMoveSince(mirror, access, old)).toBeNull()
    const moved = move('2')
    expect(await tagMoveSince(mirror, access, old)).toEqual({ before: old, after: moved })
    expect(await hasObject(mirror, moved.commit)).toBe(true)
    upstream.git('tag', '-d', 'v1')
    expect(await tagMoveSince(mirror, access, old)).toEqual({ before: old, after: null })
  })
})

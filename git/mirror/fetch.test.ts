import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Oid } from '../../domain/patch.ts'
import { makeFolder, makeRepo, openRepo, type TestFolder, type TestRepo } from '../testing.ts'
import type { Mirror, RemoteAccess } from '../types.ts'
import { fetchFork, fetchUpstream } from './fetch.ts'
import { openMirror } from './mirror.ts'
import { listRefs, readRef } from './refs.ts'
import { fetchRefs, listRemote, parseRemoteRefs } from './remote.ts'

let folder: TestFolder
let upstream: TestRepo
let mirror: Mirror
let access: RemoteAccess
let one: Oid
beforeEach(async () => {
  folder = makeFolder()
  upstream = makeRepo(join(folder.path, 'upstream'))
  one = upstream.commit('one', { file: '1' })
  upstream.git('tag', 'v1')
  mirror = await openMirror({ path: join(folder.path, 'mirror.git') })
  access = { remote: { name: 'origin', url: upstream.dir, token: null }, secret: null }
})
afterEach(() => folder.remove())

async function names(prefix: string): Promise<string[]> {
  return (await listRefs(mirror, prefix)).map(({ ref }) => ref)
}

describe('fetchUpstream', () => {
  it('pins a lightweight and an annotated tag', async () => {
    expect(await fetchUpstream(mirror, access, { tag: 'v1' })).toEqual({
      kind: 'ok',
      release: { tag: 'v1', tagObject: one, commit: one },
    })
    const two = upstream.commit('two', { file: '2' })
    upstream.git('tag', '-a', '-m', 'two', 'v2')
    expect(await fetchUpstream(mirror, access, { tag: 'v2' })).toEqual({
      kind: 'ok',
      release: { tag: 'v2', tagObject: upstream.oid('v2'), commit: two },
    })
    expect(await readRef(mirror, 'refs/upstream/heads/main')).toBe(two)
  })

  it('fetches branches and tags into its own namespace and leaves nothing elsewhere', async () => {
    upstream.git('branch', 'next')
    await fetchUpstream(mirror, access, { tag: 'v1' })
    expect(await names('refs/')).toEqual([
      'refs/upstream/heads/main',
      'refs/upstream/heads/next',
      'refs/upstream/tags/v1',
    ])
  })

  it('follows branches that were renamed into folders, rewritten or removed', async () => {
    upstream.git('branch', 'topic')
    await fetchUpstream(mirror, access, { tag: 'v1' })
    upstream.git('branch', '-m', 'topic', 'topic/deep')
    upstream.git('commit', '-q', '--amend', '-m', 'rewritten')
    upstream.git('tag', 'v2')
    expect(await fetchUpstream(mirror, access, { tag: 'v2' })).toMatchObject({ kind: 'ok' })
    expect(await names('refs/upstream/heads')).toEqual([
      'refs/upstream/heads/main',
      'refs/upstream/heads/topic/deep',
    ])
    expect(await readRef(mirror, 'refs/upstream/heads/main')).toBe(upstream.oid('main'))
  })

  it.each([
    ['release', 'release/2024'],
    ['a/b', 'a/b/c/d'],
    ['a/b/c', 'a'],
    ['deep/er/x', 'deep/er'],
  ])('follows a tag %s that became %s', async (before, after) => {
    upstream.git('tag', before)
    await fetchUpstream(mirror, access, { tag: 'v1' })
    const pinned = { tag: before, tagObject: one, commit: one }
    upstream.git('tag', '-d', before)
    const two = upstream.commit('two', { file: '2' })
    upstream.git('tag', after)
    upstream.git('tag', 'v2')
    expect(await fetchUpstream(mirror, access, { tag: 'v2' })).toMatchObject({ kind: 'ok' })
    expect(await readRef(mirror, `refs/upstream/tags/${after}`)).toBe(two)
    // What was pinned stays pinned: its deletion is told, also on a mirror that made room for others.
    const gone = { kind: 'tag-moved', before: pinned, after: null }
    expect(await fetchUpstream(mirror, access, { tag: before })).toEqual(gone)
    const accepted = { tag: before, accepted: [one] }
    expect(await fetchUpstream(mirror, access, accepted)).toEqual({ kind: 'ok', release: pinned })
    upstream.git('tag', '-d', after)
    upstream.git('tag', before)
    expect(await fetchUpstream(mirror, access, { tag: before })).toMatchObject({
      kind: 'tag-moved',
      before: pinned,
      after: { tagObject: two },
    })
    upstream.git('tag', '-f', before, one)
    expect(await fetchUpstream(mirror, access, { tag: before })).toEqual({ kind: 'ok', release: pinned })
    expect(await fetchUpstream(mirror, access, { tag: after })).toMatchObject({
      kind: 'tag-moved',
      after: null,
    })
  })

  it('has no release for a tag that is not there, or that no tag can be called', async () => {
    expect(await fetchUpstream(mirror, access, { tag: 'v9' })).toEqual({ kind: 'no-such-tag', near: null })
    expect(await fetchUpstream(mirror, access, { tag: 'v1 or so' })).toMatchObject({ kind: 'no-such-tag' })
    expect(await fetchUpstream(mirror, access, { tag: '*' })).toMatchObject({ kind: 'no-such-tag' })
  })

  it('has no release for a tag of a tree', async () => {
    upstream.git('tag', 'files', 'HEAD^{tree}')
    expect(await fetchUpstream(mirror, access, { tag: 'files' })).toEqual({ kind: 'not-a-commit' })
  })

  it.each(['forwards', 'sideways'])('shows a tag that moved %s, and keeps the old one', async (way) => {
    upstream.git('tag', '-a', '-m', 'other', 'other')
    await fetchUpstream(mirror, access, { tag: 'v1' })
    if (way === 'sideways') upstream.git('checkout', '-q', '--orphan', 'elsewhere')
    const two = upstream.commit('two', { file: '2' })
    upstream.git('tag', '-f', '-a', '-m', 'moved', 'v1')
    const moved = {
      kind: 'tag-moved',
      before: { tag: 'v1', tagObject: one, commit: one },
      after: { tag: 'v1', tagObject: upstream.oid('v1'), commit: two },
    }
    expect(await fetchUpstream(mirror, access, { tag: 'v1' })).toEqual(moved)
    // Neither another release nor a crowd of new tags lets the moved one slip in.
    upstream.git('tag', 'v2')
    expect(await fetchUpstream(mirror, access, { tag: 'v2' })).toMatchObject({ kind: 'ok' })
    upstream.git('fetch', '-q', '.', ...Array.from({ length: 201 }, (_, index) => `HEAD:refs/tags/n${index}`))
    expect(await fetchUpstream(mirror, access, { tag: 'n200' })).toMatchObject({ kind: 'ok' })
    expect(await readRef(mirror, 'refs/upstream/tags/v1')).toBe(one)
    expect(await fetchUpstream(mirror, access, { tag: 'v1' })).toEqual(moved)
  })

  it('passes over a name that is no text', async () => {
    const names = ['tags', 'heads'].map((kind) =>
      Buffer.concat([Buffer.from(`create refs/${kind}/caf`), Buffer.from([0xe9]), Buffer.from(` ${one}\n`)]),
    )
    execFileSync('git', ['update-ref', '--stdin'], { cwd: upstream.dir, input: Buffer.concat(names) })
    upstream.git('tag', 'v2')
    expect(await fetchUpstream(mirror, access, { tag: 'v2' })).toMatchObject({ kind: 'ok' })
    execFileSync('git', ['update-ref', '--stdin'], {
      cwd: upstream.dir,
      input: Buffer.concat([Buffer.from('delete refs/heads/caf'), Buffer.from([0xe9, 0x0a])]),
    })
    upstream.git('tag', 'v3')
    expect(await fetchUpstream(mirror, access, { tag: 'v3' })).toMatchObject({ kind: 'ok' })
  })

  it('serves many at once', async () => {
    const fetched = await Promise.all(
      Array.from({ length: 4 }, () => fetchUpstream(mirror, access, { tag: 'v1' })),
    )
    expect(new Set(fetched.map((each) => JSON.stringify(each))).size).toBe(1)
    expect(fetched[0]).toMatchObject({ kind: 'ok' })
  })

  it('cannot reach what is not there', async () => {
    const nowhere = { ...access, remote: { ...access.remote, url: `${upstream.dir}-not` } }
    await expect(fetchUpstream(mirror, nowhere, { tag: 'v1' })).rejects.toMatchObject({
      code: 'UNDRIFT_E_REMOTE',
      retryable: true,
    })
  })
})

describe('fetchFork', () => {
  it('follows a branch wherever it goes, each remote for itself', async () => {
    const fork = { fork: 'my-fork', branch: 'main' }
    expect(await fetchFork(mirror, access, fork)).toEqual({ kind: 'ok', head: one })
    upstream.git('commit', '-q', '--amend', '-m', 'rewritten')
    const rewritten = upstream.oid('HEAD')
    expect(await fetchFork(mirror, access, fork)).toEqual({ kind: 'ok', head: rewritten })
    expect(await readRef(mirror, 'refs/fork/my-fork/origin/heads/main')).toBe(rewritten)
    const second = { ...access, remote: { ...access.remote, name: 'second' } }
    expect(await fetchFork(mirror, second, fork)).toEqual({ kind: 'ok', head: rewritten })
  })

  it('has no head for a branch that is not there', async () => {
    expect(await fetchFork(mirror, access, { fork: 'my-fork', branch: 'none' })).toEqual({
      kind: 'no-such-branch',
    })
    await expect(fetchFork(mirror, access, { fork: 'my-fork', branch: 'no such' })).rejects.toMatchObject({
      code: 'UNDRIFT_E_INPUT',
    })
  })
})

describe('listRemote', () => {
  it('lists what the patterns name and nothing whose tail looks alike', async () => {
    upstream.git('update-ref', 'refs/other/refs/heads/main', one)
    upstream.git('tag', '-a', '-m', 'two', 'v2')
    expect(await listRemote(mirror, access, ['refs/heads/main', 'refs/tags/v2'])).toEqual([
      { ref: 'refs/heads/main', oid: one, peeled: one },
      { ref: 'refs/tags/v2', oid: upstream.oid('v2'), peeled: one },
    ])
    expect(await listRemote(mirror, access, ['refs/none/*'])).toEqual([])
  })

  it('reads a tag of a tag, and ignores lines that are none', () => {
    const [a, b] = ['a'.repeat(40), 'b'.repeat(40)]
    expect(
      parseRemoteRefs(['warning: x', `${a}\trefs/tags/v1`, `${b}\trefs/tags/v1^{}`, `${b}\tHEAD`]),
    ).toEqual([
      { ref: 'refs/tags/v1', oid: a, peeled: b },
      { ref: 'HEAD', oid: b, peeled: b },
    ])
  })
})

describe('fetchRefs', () => {
  it('takes all or nothing', async () => {
    upstream.git('branch', 'good')
    await fetchRefs(mirror, access, ['refs/heads/main:refs/mine/main'])
    upstream.git('commit', '-q', '--amend', '-m', 'rewritten')
    const both = ['refs/heads/good:refs/mine/good', 'refs/heads/main:refs/mine/main']
    await expect(fetchRefs(mirror, access, both)).rejects.toMatchObject({ code: 'UNDRIFT_E_GIT' })
    expect(await names('refs/mine')).toEqual(['refs/mine/main'])
  })
})

describe('a maintained branch', () => {
  it.each([
    ['lts', 'lts/1'],
    ['lts/1', 'lts'],
    ['a/b/c', 'a'],
  ])('follows a branch %s that became %s', async (before, after) => {
    upstream.git('branch', before)
    await fetchFork(mirror, access, { fork: 'ours', branch: before })
    upstream.git('branch', '-m', before, 'aside')
    upstream.git('branch', '-m', 'aside', after)
    const two = upstream.commit('two', { file: '2' })
    upstream.git('branch', '-f', after, two)
    expect(await fetchFork(mirror, access, { fork: 'ours', branch: after })).toEqual({
      kind: 'ok',
      head: two,
    })
    expect(await fetchFork(mirror, access, { fork: 'ours', branch: 'main' })).toMatchObject({ kind: 'ok' })
  })
})

describe('a shallow repository', () => {
  it.each(['upstream', 'home'])('is called one, with the way out: %s', async (which) => {
    upstream.commit('two', { file: '2' })
    upstream.git('tag', 'v2')
    const dir = join(folder.path, 'shallow')
    execFileSync('git', ['clone', '-q', '--depth=1', `file://${upstream.dir}`, dir])
    const shallow = { ...access, remote: { ...access.remote, url: dir } }
    const fetched =
      which === 'upstream'
        ? fetchUpstream(mirror, shallow, { tag: 'v2' })
        : fetchFork(mirror, shallow, { fork: 'ours', branch: 'main' })
    await expect(fetched).rejects.toMatchObject({
      code: 'UNDRIFT_E_STACK',
      message: `${dir} is a shallow clone: its older history is missing.`,
      hint: expect.stringContaining(`git -C ${dir} fetch --unshallow`),
    })
  })

  it('is read where the mirror has what is missing in it', async () => {
    upstream.commit('two', { file: '2' })
    upstream.git('tag', 'v2')
    await fetchUpstream(mirror, access, { tag: 'v2' })
    const dir = join(folder.path, 'shallow')
    execFileSync('git', ['clone', '-q', '--depth=1', `file://${upstream.dir}`, dir])
    const ours = openRepo(dir).commit('ours', { ours: '1' })
    const shallow = { ...access, remote: { ...access.remote, url: dir } }
    expect(await fetchFork(mirror, shallow, { fork: 'ours', branch: 'main' })).toEqual({
      kind: 'ok',
      head: ours,
    })
  })
})

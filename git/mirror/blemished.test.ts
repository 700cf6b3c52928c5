import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Oid } from '../../domain/patch.ts'
import { makePlan } from '../replay/plan.ts'
import { replay } from '../replay/replay.ts'
import { carryEverything } from '../stack/policy.ts'
import { readStack } from '../stack/stack.ts'
import { makeFolder, makeRepo, type TestFolder, type TestRepo } from '../testing.ts'
import type { Mirror, RemoteAccess } from '../types.ts'
import { fetchFork, fetchUpstream } from './fetch.ts'
import { openMirror } from './mirror.ts'

/** Lines that real histories have, and that Git's check refuses. */
const authors = {
  zeroPaddedDate: 'Bob <bob@example.org> 01500000000 +0000',
  missingSpaceBeforeEmail: 'Bob<bob@example.org> 1500000000 +0000',
  missingNameBeforeEmail: '<bob@example.org> 1500000000 +0000',
  missingSpaceBeforeDate: 'Bob <bob@example.org>1500000000 +0000',
  badName: 'bob@example.org> <none@none> 1500000000 +0000',
  badEmail: 'Bob <bob<@example.org> 1500000000 +0000',
  badDate: 'Bob <bob@example.org> <bob@example.org> 1500000000 +0000',
  badDateOverflow: 'Bob <bob@example.org> 18446744073709551617 +0000',
  missingEmail: 'Bob 1500000000 +0000',
  badTimezone: 'Bob <bob@example.org> 1500000000 +051800',
  latin1: 'J\xf6rg  B <joerg@example.org> 1500000000 +0000',
}
const plain = 'Bob <bob@example.org> 1500000000 +0000'
const committer = { name: 'Undrift', email: 'undrift@example.org' }

let folder: TestFolder
let upstream: TestRepo
let fork: TestRepo
let mirror: Mirror
beforeEach(async () => {
  folder = makeFolder()
  upstream = makeRepo(join(folder.path, 'upstream'))
  upstream.commit('one', { file: '1' })
  mirror = await openMirror({ path: join(folder.path, 'mirror.git') })
})
afterEach(() => folder.remove())

function accessTo(repo: TestRepo, ignore: readonly string[] = []): RemoteAccess {
  return { remote: { name: 'origin', url: repo.dir, token: null, ignore }, secret: null }
}

/** Writes an object without any check. */
function raw(repo: TestRepo, type: 'commit' | 'tree' | 'blob' | 'tag', body: string | Buffer): Oid {
  const argv = ['hash-object', '-t', type, '-w', '--stdin', '--literally']
  const input = typeof body === 'string' ? Buffer.from(body, 'latin1') : body
  return execFileSync('git', argv, { cwd: repo.dir, input }).toString().trim()
}

function commitBy(repo: TestRepo, author: string, more: { tree?: Oid; parent?: Oid; message?: string }): Oid {
  const { tree = repo.oid('HEAD^{tree}'), parent, message = 'long ago\n' } = more
  const parents = parent === undefined ? '' : `parent ${parent}\n`
  return raw(repo, 'commit', `tree ${tree}\n${parents}author ${author}\ncommitter ${plain}\n\n${message}`)
}

function authorIn(path: string, commit: Oid): string {
  const body = execFileSync('git', ['--git-dir', path, 'cat-file', 'commit', commit]).toString('latin1')
  return /^author (.*)$/m.exec(body)?.[1] ?? ''
}

describe('an upstream whose history', () => {
  it.each(Object.entries(authors))('has an author line with %s can be followed', async (_, author) => {
    const first = commitBy(upstream, author, {})
    upstream.git('update-ref', 'refs/heads/main', first)
    upstream.git('tag', 'v1')
    expect(await fetchUpstream(mirror, accessTo(upstream), { tag: 'v1' })).toMatchObject({ kind: 'ok' })
  })

  it.each([
    ['two authors', `author ${plain}\nauthor ${plain}\ncommitter ${plain}\n\nm\n`],
    ['a NUL in a message', `author ${plain}\ncommitter ${plain}\n\none\0two\n`],
    ['no date at all', 'author Bob <bob@example.org>\ncommitter Bob <bob@example.org>\n\nm\n'],
  ])('has a commit with %s can be followed', async (_, rest) => {
    const first = raw(upstream, 'commit', `tree ${upstream.oid('HEAD^{tree}')}\n${rest}`)
    upstream.git('update-ref', 'refs/heads/main', first)
    upstream.git('tag', 'v1')
    expect(await fetchUpstream(mirror, accessTo(upstream), { tag: 'v1' })).toMatchObject({ kind: 'ok' })
  })

  it('has a tag without a tagger, or with an ugly one, can be followed', async () => {
    const head = upstream.oid('HEAD')
    const bare = raw(upstream, 'tag', `object ${head}\ntype commit\ntag v1\n\nm\n`)
    const ugly = raw(upstream, 'tag', `object ${head}\ntype commit\ntag v2\ntagger Bob<b@x> 1 +0000\n\nm\n`)
    upstream.git('update-ref', 'refs/tags/v1', bare)
    upstream.git('update-ref', 'refs/tags/v2', ugly)
    expect(await fetchUpstream(mirror, accessTo(upstream), { tag: 'v2' })).toMatchObject({ kind: 'ok' })
  })

  const blob = () => Buffer.from(upstream.oid('HEAD:file'), 'hex')
  const entry = (name: string, mode = '100644', oid = blob()) =>
    Buffer.concat([Buffer.from(`${mode} ${name}\0`), oid])

  it('has modes with a zero before them can be followed', async () => {
    const tree = raw(upstream, 'tree', entry('file', '0100644'))
    upstream.git('update-ref', 'refs/heads/main', commitBy(upstream, plain, { tree }))
    upstream.git('tag', 'v1')
    expect(await fetchUpstream(mirror, accessTo(upstream), { tag: 'v1' })).toMatchObject({ kind: 'ok' })
  })

  it.each([
    ['hasDotgit', () => entry('.git')],
    ['hasDotdot', () => entry('..')],
    ['duplicateEntries', () => Buffer.concat([entry('a'), entry('a')])],
    ['fullPathname', () => entry('a/b')],
    ['gitmodulesSymlink', () => entry('.gitmodules', '120000')],
    ['gitmodulesUrl', () => modules('[submodule "x"]\n\tpath = x\n\turl = -u./p\n')],
    ['gitmodulesName', () => modules('[submodule "../x"]\n\tpath = x\n\turl = https://x.example/x\n')],
  ])('was made to attack is refused, and the commit is named: %s', async (id, body) => {
    const bad = commitBy(upstream, plain, {
      tree: raw(upstream, 'tree', body()),
      parent: upstream.oid('HEAD'),
    })
    upstream.git('update-ref', 'refs/heads/main', bad)
    upstream.git('tag', 'v1')
    const fetched = fetchUpstream(mirror, accessTo(upstream), { tag: 'v1' })
    await expect(fetched).rejects.toMatchObject({
      code: 'UNDRIFT_E_FSCK',
      reason: id,
      message: expect.stringContaining(`Commit ${bad} `),
      hint: expect.stringContaining('no config lets it in'),
    })
  })

  function modules(text: string): Buffer {
    return entry('.gitmodules', '100644', Buffer.from(raw(upstream, 'blob', text), 'hex'))
  }

  it('has a fault that no attack needs is let in where the config says so, and the refusal says how', async () => {
    const tree = raw(upstream, 'tree', Buffer.concat([entry('b'), entry('a')]))
    const bad = commitBy(upstream, plain, { tree, parent: upstream.oid('HEAD') })
    upstream.git('update-ref', 'refs/heads/main', bad)
    upstream.git('tag', 'v1')
    await expect(fetchUpstream(mirror, accessTo(upstream), { tag: 'v1' })).rejects.toMatchObject({
      code: 'UNDRIFT_E_FSCK',
      message: expect.stringContaining(bad),
      hint: expect.stringContaining('fsck: { ignore: [treeNotSorted] }'),
      exitCode: 2,
    })
    const lenient = accessTo(upstream, ['treeNotSorted'])
    expect(await fetchUpstream(mirror, lenient, { tag: 'v1' })).toMatchObject({ kind: 'ok' })
  })
})

describe('a patch of our own', () => {
  it.each(Object.entries(authors))('keeps an author line with %s byte for byte', async (_, author) => {
    upstream.git('tag', 'v1')
    fork = makeRepo(join(folder.path, 'fork'))
    fork.git('fetch', '-q', upstream.dir, 'main')
    fork.git('reset', '-q', '--hard', 'FETCH_HEAD')
    const base = fork.oid('HEAD')
    fork.commit('tree of it', { ours: 'ours\n' })
    fork.git('update-ref', 'refs/heads/main', commitBy(fork, author, { parent: base, message: 'ours\n' }))
    upstream.commit('two', { other: '2' })
    upstream.git('tag', 'v2')
    const release = await fetchUpstream(mirror, accessTo(upstream), { tag: 'v2' })
    const branch = await fetchFork(mirror, accessTo(fork), { fork: 'ours', branch: 'main' })
    if (release.kind !== 'ok' || branch.kind !== 'ok') throw new Error('not fetched')
    const [head, onto] = [branch.head, release.release.commit]
    const stack = await readStack(mirror, { head, onto })
    const done = await replay(mirror, { stack, onto, committer, attempt: null })
    if (done.kind !== 'done') throw new Error('not replayed')
    expect(authorIn(mirror.path, done.head)).toBe(author)
    const input = { head, onto, base: null, followed: [], committer, policy: carryEverything } as const
    const planned = await makePlan(mirror, { ...input, onConflict: 'stop' }, { keep: async () => {} })
    expect(planned.result).toMatchObject({ head: done.head })
  })
})

import { chmodSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Oid } from '../../domain/patch.ts'
import { openMirror } from '../mirror/mirror.ts'
import { fetchRefs } from '../mirror/remote.ts'
import { makeBare, makeFolder, makeRepo, type TestFolder, type TestRepo } from '../testing.ts'
import type { Mirror, RemoteAccess } from '../types.ts'
import { push } from './push.ts'
import { parsePushReport, remoteWords } from './push-report.ts'

let folder: TestFolder
let remote: TestRepo
let mirror: Mirror
let access: RemoteAccess
let one: Oid
let two: Oid
let side: Oid

beforeEach(async () => {
  folder = makeFolder()
  const source = makeRepo(join(folder.path, 'source'))
  one = source.commit('one', { file: '1' })
  two = source.commit('two', { file: '2' })
  source.git('checkout', '-q', '-b', 'side', one)
  side = source.commit('side', { file: 'side' })
  remote = makeBare(join(folder.path, 'remote.git'))
  mirror = await openMirror({ path: join(folder.path, 'mirror.git') })
  await fetchRefs(mirror, reach(source), ['refs/heads/*:refs/source/heads/*'])
  access = reach(remote)
})
afterEach(() => folder.remove())

function reach(repo: TestRepo): RemoteAccess {
  return { remote: { name: 'origin', url: repo.dir, token: null }, secret: null }
}

function refs(): string {
  return remote.git('for-each-ref', '--format=%(refname) %(objectname)')
}

function hook(name: string, script: string): void {
  const path = join(remote.dir, 'hooks', name)
  writeFileSync(path, `#!/bin/sh\n${script}\n`)
  chmodSync(path, 0o755)
}

describe('push', () => {
  it('creates refs, and says so the second time', async () => {
    const updates = [
      { ref: 'refs/heads/a', to: one, expected: null },
      { ref: 'refs/undrift/backup/b', to: two, expected: null },
    ]
    expect(await push(mirror, access, updates)).toEqual({ kind: 'pushed' })
    expect(refs()).toBe(`refs/heads/a ${one}\nrefs/undrift/backup/b ${two}`)
    expect(await push(mirror, access, updates)).toEqual({ kind: 'already-there' })
  })

  it('replaces a value that it names, even backwards', async () => {
    await push(mirror, access, [{ ref: 'refs/heads/a', to: two, expected: null }])
    expect(await push(mirror, access, [{ ref: 'refs/heads/a', to: side, expected: two }])).toEqual({
      kind: 'pushed',
    })
    expect(refs()).toBe(`refs/heads/a ${side}`)
  })

  it('moves nothing when one ref is not where it was expected', async () => {
    await push(mirror, access, [{ ref: 'refs/heads/a', to: side, expected: null }])
    const outcome = await push(mirror, access, [
      { ref: 'refs/heads/b', to: two, expected: null },
      { ref: 'refs/heads/a', to: two, expected: one },
    ])
    expect(outcome).toEqual({ kind: 'stale', ref: 'refs/heads/a', actual: side })
    expect(refs()).toBe(`refs/heads/a ${side}`)
  })

  it('does not create over a ref that exists, not even forwards', async () => {
    await push(mirror, access, [{ ref: 'refs/heads/a', to: one, expected: null }])
    const outcome = await push(mirror, access, [{ ref: 'refs/heads/a', to: two, expected: null }])
    expect(outcome).toEqual({ kind: 'stale', ref: 'refs/heads/a', actual: one })
  })

  it('says that a ref is gone', async () => {
    const outcome = await push(mirror, access, [{ ref: 'refs/heads/a', to: two, expected: one }])
    expect(outcome).toEqual({ kind: 'stale', ref: 'refs/heads/a', actual: null })
  })

  it('hands on the words of a hook, without the secret', async () => {
    hook('pre-receive', 'echo "not on a Friday, token s3cret-token" >&2; exit 1')
    const secret = { ...access, secret: 's3cret-token' }
    const outcome = await push(mirror, secret, [{ ref: 'refs/heads/a', to: one, expected: null }])
    expect(outcome).toEqual({
      kind: 'rejected',
      ref: 'refs/heads/a',
      words: 'not on a Friday, token ***\npre-receive hook declined',
    })
    expect(refs()).toBe('')
  })

  it('names the ref that a hook refused, not the one that went down with it', async () => {
    hook('update', 'test "$1" != refs/heads/b || { echo "b is protected" >&2; exit 1; }')
    const outcome = await push(mirror, access, [
      { ref: 'refs/heads/a', to: one, expected: null },
      { ref: 'refs/heads/b', to: one, expected: null },
    ])
    expect(outcome).toMatchObject({
      kind: 'rejected',
      ref: 'refs/heads/b',
      words: expect.stringContaining('b is protected'),
    })
    expect(refs()).toBe('')
  })

  it('takes a push for done when the connection was cut after the refs moved', async () => {
    hook('post-receive', 'kill -9 $PPID')
    const outcome = await push(mirror, access, [{ ref: 'refs/heads/a', to: one, expected: null }])
    expect(outcome).toEqual({ kind: 'pushed' })
  })

  it('asks for another try when the connection was cut before the refs moved', async () => {
    hook('pre-receive', 'kill -9 $PPID; sleep 1')
    const tried = push(mirror, access, [{ ref: 'refs/heads/a', to: one, expected: null }])
    await expect(tried).rejects.toMatchObject({ code: 'UNDRIFT_E_REMOTE', retryable: true })
    expect(refs()).toBe('')
  })

  it('reports the value of whoever came in between', async () => {
    remote.git('fetch', '-q', join(folder.path, 'source'), 'side:refs/heads/keep')
    hook('pre-receive', `env -u GIT_QUARANTINE_PATH git update-ref refs/heads/a ${side}`)
    const outcome = await push(mirror, access, [{ ref: 'refs/heads/a', to: one, expected: null }])
    expect(outcome).toEqual({ kind: 'stale', ref: 'refs/heads/a', actual: side })
  })

  it('cannot reach what is not there', async () => {
    const nowhere = { ...access, remote: { ...access.remote, url: join(folder.path, 'nowhere.git') } }
    const tried = push(mirror, nowhere, [{ ref: 'refs/heads/a', to: one, expected: null }])
    await expect(tried).rejects.toMatchObject({ code: 'UNDRIFT_E_REMOTE', retryable: true })
  })

  it.each([
    { ref: 'main', to: 'a'.repeat(40), expected: null },
    { ref: '+refs/heads/a', to: 'a'.repeat(40), expected: null },
    { ref: 'refs/heads/a', to: 'HEAD', expected: null },
    { ref: 'refs/heads/a', to: 'a'.repeat(40), expected: 'main' },
  ])('refuses what is not a full name or id: $ref $to $expected', async (update) => {
    await expect(push(mirror, access, [update])).rejects.toMatchObject({ code: 'UNDRIFT_E_INPUT' })
  })
})

describe('parsePushReport', () => {
  it('tells moved, up to date, stale, rejected and held back apart', () => {
    const report = [
      'To ../remote.git',
      '*\t379d:refs/heads/new\t[new branch]',
      ' \t379d:refs/heads/on\t379d9d4..57086fd',
      '+\t379d:refs/heads/back\t57086fd...379d9d4 (forced update)',
      '=\t379d:refs/heads/same\t[up to date]',
      '!\t5708:refs/heads/x\t[rejected] (stale info)',
      '!\t5708:refs/heads/y\t[rejected] (atomic push failed)',
      '!\t5708:refs/heads/z\t[remote rejected] (pre-receive hook declined)',
      '!\t5708:refs/heads/w\t[remote rejected] (atomic push failure)',
      'Done',
      '',
    ].join('\n')
    expect(parsePushReport(report).map(({ ref, kind }) => `${ref.slice(11)} ${kind}`)).toEqual([
      'new moved',
      'on moved',
      'back moved',
      'same up-to-date',
      'x stale',
      'y held-back',
      'z rejected',
      'w held-back',
    ])
  })

  it('takes only the remote’s own words', () => {
    const stderr =
      'remote: error: GH006: Protected branch        \rremote:         \nremote: Reviews needed\nerror: failed'
    expect(remoteWords(stderr)).toBe('error: GH006: Protected branch\nReviews needed')
  })
})

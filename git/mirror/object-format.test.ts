import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { readLedger, recordAttempt } from '../ledger/ledger.ts'
import { makeFolder, makeRepo, type TestFolder, type TestRepo } from '../testing.ts'
import type { Mirror, RemoteAccess } from '../types.ts'
import { fetchFork, fetchUpstream } from './fetch.ts'
import { openMirror } from './mirror.ts'
import { formatOfMirror } from './object-format.ts'

let folder: TestFolder
let old: TestRepo
let modern: TestRepo
let mirror: Mirror
beforeEach(async () => {
  folder = makeFolder()
  old = makeRepo(join(folder.path, 'old'))
  modern = makeRepo(join(folder.path, 'modern'), 'sha256')
  for (const repo of [old, modern]) {
    repo.commit('one', { file: '1' })
    repo.git('tag', '-a', '-m', 'one', 'v1')
  }
  mirror = await openMirror({ path: join(folder.path, 'mirror.git') })
})
afterEach(() => folder.remove())

function access(repo: TestRepo): RemoteAccess {
  return { remote: { name: 'origin', url: repo.dir, token: null }, secret: null }
}

const wanted = { fork: 'mine', branch: 'main' }

describe('a mirror', () => {
  it('takes the object format of its upstream, and a fork of the same', async () => {
    const fetched = await fetchUpstream(mirror, access(modern), { tag: 'v1' })
    const release = { tag: 'v1', tagObject: modern.oid('v1'), commit: modern.oid('main') }
    expect(fetched).toEqual({ kind: 'ok', release })
    expect(release.commit).toHaveLength(64)
    expect(await formatOfMirror(mirror)).toBe('sha256')
    expect(await fetchFork(mirror, access(modern), wanted)).toEqual({ kind: 'ok', head: release.commit })
    expect(await fetchUpstream(mirror, access(modern), { tag: 'v1' })).toEqual(fetched)
  })

  it('takes it, too, where an attempt that never reached upstream stands in its ledger already', async () => {
    const entry = {
      ...{ fork: 'mine', line: 'main', attempt: 'maintain/mine/main/v1', tag: 'v1' },
      ...{ outcome: 'blocked' as const, reason: 'No network.', at: '2026-05-04T03:02:01.000Z' },
      ...{ base: null, onto: null, stackHead: null, head: null, tree: null },
      ...{ patches: [], checks: [], resolutions: [], candidates: [], decisions: [] },
    }
    await recordAttempt(mirror, entry)
    await recordAttempt(mirror, { ...entry, at: '2026-05-05T03:02:01.000Z' })
    expect(await fetchUpstream(mirror, access(modern), { tag: 'v1' })).toMatchObject({ kind: 'ok' })
    const kept = await readLedger(mirror, { fork: 'mine', line: 'main' })
    expect(kept.map(({ at, oid }) => [at, oid.length])).toEqual([
      ['2026-05-05T03:02:01.000Z', 64],
      ['2026-05-04T03:02:01.000Z', 64],
    ])
    expect((await openMirror({ path: mirror.path })).path).toBe(mirror.path)
  })

  it.each([
    ['SHA-1', 'SHA-256', () => [modern, old] as const],
    ['SHA-256', 'SHA-1', () => [old, modern] as const],
  ])('refuses a fork that is %s where upstream is %s', async (theirs, ours, repos) => {
    const [upstream, fork] = repos()
    await fetchUpstream(mirror, access(upstream), { tag: 'v1' })
    await expect(fetchFork(mirror, access(fork), wanted)).rejects.toMatchObject({
      code: 'UNDRIFT_E_FORMAT',
      message: `${fork.dir} is a ${theirs} repository, and its upstream is ${ours}: Git cannot move commits between them.`,
    })
  })

  it('names itself where upstream became a repository of another format', async () => {
    await fetchUpstream(mirror, access(old), { tag: 'v1' })
    await expect(fetchUpstream(mirror, access(modern), { tag: 'v1' })).rejects.toMatchObject({
      code: 'UNDRIFT_E_FORMAT',
      message: `${modern.dir} is a SHA-256 repository; its mirror ${mirror.path} holds SHA-1 objects.`,
      hint: expect.stringContaining(`mv ${mirror.path} `),
    })
    expect(await fetchUpstream(mirror, access(old), { tag: 'v1' })).toMatchObject({ kind: 'ok' })
  })
})

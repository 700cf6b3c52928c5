import { existsSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { dataFolder } from '../config/data-folder.ts'
import { maintainId } from '../domain/ids.ts'
import { openConflict, type ResolutionPack } from '../git/index.ts'
import {
  cloneRepo,
  makeFolder,
  makeRepo,
  numberedLines,
  type TestFolder,
  type TestRepo,
} from '../git/testing.ts'
import type { AttemptStatus } from '../workflows/messages.ts'
import { type LocalReplay, replayHere } from './local-conflict.ts'
import { settleConflict } from './settle-conflict.ts'

const committer = { name: 'Undrift', email: 'undrift@localhost' }
const decided = { by: 'ada', at: '2026-05-04T03:02:01.000Z' }
let folder: TestFolder
let statusOf: (tag: string) => AttemptStatus
let upstream: TestRepo

/** An upstream that met both patches of its fork, and goes on with v3. */
beforeEach(() => {
  folder = makeFolder()
  upstream = makeRepo(join(folder.path, 'upstream'))
  upstream.commit('Begin', { a: numberedLines(9), b: numberedLines(12) })
  const fork = cloneRepo(upstream.dir, join(folder.path, 'fork'))
  fork.commit('Ours in a', { a: numberedLines(9, { 5: 'ours' }) })
  const stackHead = fork.commit('Ours in b', { b: numberedLines(12, { 5: 'ours' }) })
  upstream.commit('Theirs', { a: numberedLines(9, { 5: 'theirs' }), b: numberedLines(12, { 5: 'theirs' }) })
  upstream.git('tag', 'v2')
  upstream.commit('More', { c: 'c\n' })
  upstream.git('tag', 'v3')
  const remotes = [{ name: 'origin', url: fork.dir, token: null }]
  const git = { name: 'git', url: upstream.dir, token: null }
  statusOf = (tag) =>
    ({
      ...{
        id: maintainId('mine', 'main', tag),
        tag,
        stackHead,
        onto: upstream.oid(tag),
        dropped: [],
        decisions: [],
      },
      settings: {
        upstream: { name: 'up', git, tags: { prefix: 'v', prereleases: false } },
        fork: { name: 'mine', line: 'main', remotes, branch: 'main', committer },
      },
    }) as unknown as AttemptStatus
})
afterEach(() => folder.remove())

function on(machine: string, tag: string, carried: readonly ResolutionPack[]): Promise<LocalReplay> {
  const data = dataFolder(join(folder.path, machine), {})
  return replayHere({ data, env: {} }, statusOf(tag), carried)
}

/** Settles the conflict that stands, and answers what travels to the attempt. */
async function settle(local: LocalReplay, tag: string): Promise<readonly ResolutionPack[]> {
  if (local.result.kind === 'conflict') {
    rmSync(local.dir, { recursive: true, force: true })
    const { path, paths } = await openConflict(local.mirror, { conflict: local.result.at, dir: local.dir })
    for (const each of paths) writeFileSync(join(path, each.path), numberedLines(9, { 5: 'both' }))
  }
  const settled = await settleConflict(local, statusOf(tag), decided)
  if (settled.kind !== 'settled') throw new Error('It is not settled.')
  expect(settled.heavy).toBe(0)
  return settled.resolutions
}

describe('a conflict that is settled on several machines', () => {
  it('is the one where the attempt stands, with what was settled before on another machine', async () => {
    const [first, ...none] = await settle(await on('one', 'v2', []), 'v2')
    if (!first) throw new Error('Nothing travels.')
    expect(none).toEqual([])
    const local = await on('other', 'v2', [first])
    expect(local.result).toMatchObject({ kind: 'conflict', at: { patch: { subject: 'Ours in b' } } })
    const second = await settle(local, 'v2')
    expect(second).toHaveLength(1)
    expect(await on('third', 'v2', [first, ...second])).toMatchObject({ result: { kind: 'done' } })
  })

  it('is found where the tag moved and somebody took it as it is now, though this machine knows the old one', async () => {
    await on('one', 'v2', [])
    upstream.git('tag', '-f', 'v2', upstream.commit('Moved', { d: 'd\n' }))
    const decisions = [{ letGo: { need: 'tag-moved', tagObject: upstream.oid('v2') } }]
    const status = { ...statusOf('v2'), decisions } as unknown as AttemptStatus
    const data = dataFolder(join(folder.path, 'one'), {})
    expect(await replayHere({ data, env: {} }, status, [])).toMatchObject({ result: { kind: 'conflict' } })
  })

  it('keeps the work tree until the attempt has heard of it, and asks again for what is refused', async () => {
    const local = await on('one', 'v2', [])
    const [pack] = await settle(local, 'v2')
    expect(existsSync(local.dir)).toBe(true)
    const broken = { oid: pack?.oid ?? '', pack: Buffer.from('no pack').toString('base64') }
    expect(await on('other', 'v2', [broken])).toMatchObject({ result: { kind: 'conflict' } })
  })

  it('takes along what only this machine remembers from another attempt', async () => {
    await settle(await on('one', 'v2', []), 'v2')
    // The attempt waits at the first patch; here it is the second that conflicts.
    const packs = await settle(await on('one', 'v3', []), 'v3')
    expect(packs).toHaveLength(2)
    expect(await on('other', 'v3', packs)).toMatchObject({ result: { kind: 'done' } })
    expect(await settle(await on('one', 'v3', []), 'v3')).toHaveLength(2)
  })
})

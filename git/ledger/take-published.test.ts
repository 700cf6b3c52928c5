import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Oid } from '../../domain/patch.ts'
import { openMirror } from '../mirror/mirror.ts'
import { listRefs, readRef } from '../mirror/refs.ts'
import { push } from '../push/push.ts'
import {
  isRevoked,
  keepResolution,
  listResolutions,
  revokeResolution,
  writeResolution,
} from '../resolutions/resolutions.ts'
import { makeBare, makeFolder, makeRepo, type TestFolder, type TestRepo } from '../testing.ts'
import type { Mirror, RemoteAccess } from '../types.ts'
import { ledgerRef, readLedger, recordAttempt } from './ledger.ts'
import type { LedgerEntry } from './ledger-entry.ts'
import { takePublished } from './take-published.ts'

const line = { fork: 'mine', line: 'main' }
let folder: TestFolder
let remote: TestRepo
let access: RemoteAccess
let here: Mirror
let there: Mirror
beforeEach(async () => {
  folder = makeFolder()
  remote = makeBare(join(folder.path, 'remote.git'))
  access = { remote: { name: 'origin', url: remote.dir, token: null }, secret: null }
  here = await openMirror({ path: join(folder.path, 'here.git') })
  there = await openMirror({ path: join(folder.path, 'there.git') })
})
afterEach(() => folder.remove())

function entry(tag: string): LedgerEntry {
  const oids = { base: null, onto: null, stackHead: null, head: null, tree: null }
  const lists = { patches: [], checks: [], resolutions: [], candidates: [], decisions: [] }
  const attempt = `maintain/mine/main/${tag}`
  const at = '2026-05-04T03:02:01.000Z'
  return { ...line, attempt, tag, at, outcome: 'changed', reason: 'Done.', ...oids, ...lists }
}

/** Settles a conflict that is known by one digit, in one mirror. */
async function settleIn(mirror: Mirror, digit: string, at = '2026-01-01T00:00:00.000Z') {
  const side = (end: string) => ({ mode: '100644', oid: end.padStart(40, digit) })
  const path = { path: 'a', kind: 'content' as const, base: side('1'), ours: side('2'), theirs: side('3') }
  const patch = { oid: 'a'.repeat(40), subject: 'x' }
  const paths = [{ ...path, settled: null }]
  const record = { by: 'Grace', at, attempt: 'maintain/mine/main/v1', patch, paths, more: [] }
  const { oid, key } = await writeResolution(mirror, record)
  await keepResolution(mirror, key, oid)
  return { oid, key }
}

/** Puts every ref of this kind on the remote, as a worker there would. */
async function publish(mirror: Mirror, kind: string): Promise<void> {
  const refs = await listRefs(mirror, `refs/undrift/${kind}`)
  const standing = new Map(
    remote
      .git('for-each-ref', '--format=%(refname) %(objectname)')
      .split('\n')
      .map((row) => row.split(' ') as [string, Oid]),
  )
  const updates = refs.map(({ ref, oid }) => ({ ref, to: oid, expected: standing.get(ref) ?? null }))
  await push(mirror, access, updates)
}

const take = () => takePublished(here, access, line)
const settled = async (mirror: Mirror) => (await listResolutions(mirror)).map(({ oid }) => oid)

describe('what another machine published', () => {
  it('is nothing on a remote that holds nothing', async () => {
    expect(await take()).toEqual({ there: [], strange: [] })
  })

  it('is joined and used: its ledger and its resolutions', async () => {
    await recordAttempt(here, entry('v1'))
    await recordAttempt(there, entry('v2'))
    const { oid } = await settleIn(there, 'b')
    for (const kind of ['ledger', 'resolutions']) await publish(there, kind)
    expect((await take()).strange).toEqual([])
    expect((await readLedger(here, line)).map(({ tag }) => tag)).toEqual(['v1', 'v2'])
    expect(await settled(here)).toEqual([oid])
    const tip = await readRef(here, ledgerRef(line))
    await take()
    expect(await readRef(here, ledgerRef(line))).toBe(tip)
  })

  it('stays behind a newer word, and a revocation is taken over', async () => {
    const old = await settleIn(there, 'b', '2026-01-01T00:00:00.000Z')
    const newer = await settleIn(here, 'b', '2026-02-01T00:00:00.000Z')
    await publish(there, 'resolutions')
    await take()
    expect(await settled(here)).toEqual([newer.oid])

    const other = await settleIn(here, 'c')
    await settleIn(there, 'c')
    await revokeResolution(there, other.key, { by: 'fay', at: '2026-03-01T00:00:00.000Z' })
    await revokeResolution(there, old.key, { by: 'fay', at: '2026-03-01T00:00:00.000Z' })
    await publish(there, 'revoked')
    await take()
    expect(await settled(here)).toEqual([newer.oid])
    expect(await isRevoked(here, { key: other.key, at: '2026-01-01T00:00:00.000Z' })).toBe(true)
  })

  it('is left alone, named and fetched only once where it is not what its ref says', async () => {
    const source = makeRepo(join(folder.path, 'source'))
    const commit = source.commit('no resolution', { file: 'x' })
    const { key, oid } = await settleIn(there, 'b')
    const bad = 'd'.repeat(64)
    source.git('push', '-q', remote.dir, `${commit}:refs/undrift/resolutions/${bad}`)
    source.git('push', '-q', remote.dir, `${commit}:${ledgerRef(line)}`)
    const wrongName = `refs/undrift/resolutions/${'e'.repeat(64)}`
    await push(there, access, [{ ref: wrongName, to: oid, expected: null }])
    expect((await take()).strange.toSorted()).toEqual(
      [ledgerRef(line), `refs/undrift/resolutions/${bad}`, wrongName].toSorted(),
    )
    expect(await settled(here)).toEqual([])
    expect(await readRef(here, ledgerRef(line))).toBe(null)
    // The same refs again: only what has to be joined is looked at.
    expect((await take()).strange).toEqual([ledgerRef(line)])
    expect(key).not.toBe(bad)
  })

  it('does not bring a history along with a resolution', async () => {
    const { key, oid } = await settleIn(there, 'b')
    const work = makeRepo(join(folder.path, 'work'))
    work.git('fetch', '-q', there.path, `refs/undrift/resolutions/${key}`)
    const parent = work.commit('history', { file: 'x' })
    const tree = work.oid(`${oid}^{tree}`)
    const heavy = work.git('commit-tree', tree, '-p', parent, '-m', 'heavy')
    work.git('push', '-q', remote.dir, `${heavy}:refs/undrift/resolutions/${key}`)
    expect((await take()).strange).toEqual([`refs/undrift/resolutions/${key}`])
    expect(await settled(here)).toEqual([])
  })
})

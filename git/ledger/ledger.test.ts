import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openMirror } from '../mirror/mirror.ts'
import { readRef, updateRefs } from '../mirror/refs.ts'
import { fetchRefs } from '../mirror/remote.ts'
import { git, runGit } from '../process/command.ts'
import { push } from '../push/push.ts'
import { makeBare, makeFolder, type TestFolder } from '../testing.ts'
import type { Mirror } from '../types.ts'
import { ledgerRef, listLedgers, readLedger, recordAttempt, recordedRangeDiff } from './ledger.ts'
import type { LedgerEntry } from './ledger-entry.ts'
import { followPatch } from './patch-history.ts'

let folder: TestFolder
let mirror: Mirror
beforeEach(async () => {
  folder = makeFolder()
  mirror = await openMirror({ path: join(folder.path, 'mirror.git') })
})
afterEach(() => folder.remove())

const line = { fork: 'my-fork', line: 'main' }
const id = (digit: string) => digit.repeat(40)

function entry(tag: string, change: Partial<LedgerEntry> = {}): LedgerEntry {
  return {
    ...line,
    attempt: `maintain/my-fork/main/${tag}`,
    tag,
    outcome: 'changed',
    reason: 'The stack was moved.',
    at: '2026-05-04T03:02:01.000Z',
    base: id('a'),
    onto: id('b'),
    stackHead: id('c'),
    head: id('d'),
    tree: id('e'),
    patches: [{ oid: id('1'), subject: 'Ours – “quoted”', verdict: 'merged', newOid: id('2'), reason: 'x' }],
    checks: [{ command: 'npm test', exitCode: 0, ended: null, milliseconds: 12 }],
    resolutions: [{ oid: id('f'), by: 'Grace', at: '2026-05-04T03:00:00.000Z' }],
    candidates: [{ ref: 'refs/heads/undrift/candidate/v1', remote: 'origin', sha: id('d'), pushed: true }],
    decisions: [{ name: 'approve', by: 'Grace', at: '2026-05-04T03:01:00.000Z' }],
    ...change,
  }
}

describe('the ledger', () => {
  it('is empty before anything was written', async () => {
    expect(await readLedger(mirror, line)).toEqual([])
  })

  it('keeps a range-diff beside an entry', async () => {
    const plain = await recordAttempt(mirror, entry('v1'))
    const shown = '1:  aaaaaaaaaaaa = 1:  bbbbbbbbbbbb Ours – “quoted”\n'
    const oid = await recordAttempt(mirror, entry('v2'), { rangeDiff: shown })
    expect(await recordedRangeDiff(mirror, oid)).toBe(shown)
    expect(await recordedRangeDiff(mirror, plain)).toBe(null)
    expect((await readLedger(mirror, line)).map(({ tag }) => tag)).toEqual(['v2', 'v1'])
  })

  it('gives back what was written, the newest first, each line for itself', async () => {
    const [one, two, other] = [entry('v1'), entry('v2'), entry('v1', { line: 'lts-1' })]
    for (const each of [one, two, other]) await recordAttempt(mirror, each)
    const read = await readLedger(mirror, line)
    expect(read.map(({ oid: _, ...rest }) => rest)).toEqual([two, one])
    expect(await readLedger(mirror, line, { limit: 1 })).toEqual(read.slice(0, 1))
    expect((await readLedger(mirror, { ...line, line: 'lts-1' })).map(({ line: name }) => name)).toEqual([
      'lts-1',
    ])
    expect(await listLedgers(mirror)).toEqual([{ ...line, line: 'lts-1' }, line])
  })

  it('writes nothing twice, however often a step is done again', async () => {
    const first = await recordAttempt(mirror, entry('v1'))
    const second = await recordAttempt(mirror, entry('v2'))
    expect(await recordAttempt(mirror, entry('v1'))).toBe(first)
    expect(await readRef(mirror, ledgerRef(line))).toBe(second)
  })

  it('keeps an earlier word on the same attempt beside the later one', async () => {
    await recordAttempt(mirror, entry('v1', { outcome: 'needs_intervention' }))
    await recordAttempt(mirror, entry('v1'))
    expect((await readLedger(mirror, line)).map(({ outcome }) => outcome)).toEqual([
      'changed',
      'needs_intervention',
    ])
  })

  it('loses nothing when many write at once', async () => {
    const tags = ['v1', 'v2', 'v3', 'v4', 'v5']
    await Promise.all(tags.map((tag) => recordAttempt(mirror, entry(tag))))
    expect((await readLedger(mirror, line)).map(({ tag }) => tag).sort()).toEqual(tags)
  })

  it('has the same commits on every machine', async () => {
    const other = await openMirror({ path: join(folder.path, 'other.git') })
    const oids = await Promise.all([mirror, other].map((each) => recordAttempt(each, entry('v1'))))
    expect(oids[0]).toBe(oids[1])
  })

  it('can be pushed and read on another machine', async () => {
    const to = await recordAttempt(mirror, entry('v1'))
    const remote = makeBare(join(folder.path, 'remote.git'))
    const access = { remote: { name: 'origin', url: remote.dir, token: null }, secret: null }
    const ref = ledgerRef(line)
    expect(await push(mirror, access, [{ ref, to, expected: null }])).toEqual({ kind: 'pushed' })
    const other = await openMirror({ path: join(folder.path, 'other.git') })
    await fetchRefs(other, access, [`${ref}:${ref}`])
    expect(await readLedger(other, line)).toEqual(await readLedger(mirror, line))
    expect((await git(other, ['fsck', '--strict'])).code).toBe(0)
  })

  it('passes over what it cannot read', async () => {
    const ref = ledgerRef(line)
    const first = await recordAttempt(mirror, entry('v1'))
    const env = {
      GIT_AUTHOR_NAME: 'a',
      GIT_AUTHOR_EMAIL: 'a',
      GIT_COMMITTER_NAME: 'a',
      GIT_COMMITTER_EMAIL: 'a',
    }
    const empty = (await runGit(mirror, ['mktree'])).stdout.toString().trim()
    const made = await runGit(mirror, ['commit-tree', '-p', first, '-m', 'strange', empty], { env })
    await updateRefs(mirror, [{ ref, to: made.stdout.toString().trim(), expected: first }])
    await recordAttempt(mirror, entry('v2'))
    expect((await readLedger(mirror, line)).map(({ tag }) => tag)).toEqual(['v2', 'v1'])
  })
})

describe('followPatch', () => {
  it('follows a patch from any of its commits to where it began and where it ended', () => {
    const patch = (oid: string, newOid: string | null, verdict: 'merged' | 'landed' = 'merged') => ({
      oid: id(oid),
      subject: 's',
      verdict,
      newOid: newOid === null ? null : id(newOid),
      reason: '',
    })
    const attempts = [
      entry('v3', { patches: [patch('3', null, 'landed')] }),
      entry('v2', { patches: [patch('2', '3'), patch('8', '9')] }),
      entry('v1', { patches: [patch('1', '2'), patch('7', '8')] }),
    ].map((each) => ({ ...each, oid: id('0') }))
    const expected = ['v1 merged', 'v2 merged', 'v3 landed']
    for (const oid of ['1', '2', '3']) {
      expect(followPatch(attempts, id(oid)).map(({ tag, verdict }) => `${tag} ${verdict}`)).toEqual(expected)
    }
    expect(followPatch(attempts, id('9')).map(({ tag }) => tag)).toEqual(['v1', 'v2'])
    expect(followPatch(attempts, id('6'))).toEqual([])
  })
})

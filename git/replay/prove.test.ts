import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { carryEverything } from '../stack/policy.ts'
import { readChain } from '../stack/stack.ts'
import { makeFolder, makeRepo, numberedLines, type TestFolder, type TestRepo } from '../testing.ts'
import type { Mirror } from '../types.ts'
import { proveReplay, shownRangeDiff } from './prove.ts'
import { assertShowsAll, rangeDiff } from './range-diff.ts'
import { replayStack } from './replay-stack.ts'
import type { Replayed } from './replayer.ts'
import { inWorkshop } from './workshop.ts'

let folder: TestFolder
let repo: TestRepo
let mirror: Mirror

beforeEach(() => {
  folder = makeFolder()
  repo = makeRepo(`${folder.path}/repo`)
  mirror = { path: `${repo.dir}/.git`, signal: null }
  repo.commit('start', { 'a.txt': numberedLines(30) })
  repo.git('checkout', '-q', '-b', 'fork')
  repo.commit('one', { 'a.txt': numberedLines(30, { 3: 'one' }) })
  repo.commit('two', { 'b.txt': 'two\n' })
  repo.git('checkout', '-q', 'main')
  repo.commit('upstream', { 'a.txt': numberedLines(30, { 28: 'theirs' }) })
})

afterEach(() => folder.remove())

/** Replays the fork and has what came of it proved, after a change of it. */
function prove(change: (replayed: Replayed) => Replayed): Promise<string> {
  const [head, onto] = [repo.oid('fork'), repo.oid('main')]
  return inWorkshop(mirror, async (workshop) => {
    const chain = await readChain(workshop, { head, onto }, [])
    const committer = { name: 'Undrift', email: 'undrift@example.org' }
    const settle = async () => null
    const task = { onto, committer, settle, onConflict: 'stop', policy: carryEverything } as const
    const replayed = change(await replayStack(workshop, chain, task))
    await proveReplay(workshop, chain, { replayed, onto })
    return shownRangeDiff(workshop, chain, { head, onto, made: replayed.head })
  })
}

describe('the proof of a replay', () => {
  it('holds for an honest one, and shows each patch beside what it became', async () => {
    const lines = (await prove((replayed) => replayed)).split('\n').filter((line) => /^\d/.test(line))
    expect(lines).toEqual([
      expect.stringMatching(/^1: {2}[0-9a-f]{12} = 1: {2}[0-9a-f]{12} one$/),
      expect.stringMatching(/^2: {2}[0-9a-f]{12} = 2: {2}[0-9a-f]{12} two$/),
    ])
  })

  it.each<readonly [string, (replayed: Replayed) => Replayed, string]>([
    ['a lost patch', (it) => ({ ...it, records: it.records.slice(1) }), 'accounted for'],
    ['a patch that is told twice', (it) => ({ ...it, records: [...it.records, ...it.records] }), 'accounted'],
    [
      'a patch without a verdict',
      (it) => ({ ...it, records: it.records.map((one) => ({ ...one, verdict: null })) }),
      'no verdict',
    ],
    [
      'a kept patch that is not in the result',
      (it) => ({ ...it, head: repo.oid('main') }),
      'is in its place',
    ],
    [
      'patches out of order',
      (it) => {
        const [first, second] = it.records.map((one) => one.newOid)
        const order = [second ?? null, first ?? null]
        return { ...it, records: it.records.map((one, at) => ({ ...one, newOid: order[at] ?? null })) }
      },
      'is in its place',
    ],
    [
      'a result on another commit',
      (it) => ({
        ...it,
        head: repo.oid('fork'),
        records: it.records.map((one) => ({ ...one, newOid: one.oid })),
      }),
      'instead of',
    ],
  ])('fails for %s', async (_what, change, message) => {
    await expect(prove(change)).rejects.toMatchObject({
      code: 'UNDRIFT_E_INTERNAL',
      message: expect.stringContaining(message),
    })
  })
})

describe('a range-diff', () => {
  it('is refused as a proof where it lacks a new commit', () => {
    const text = '1:  aaaaaaaaaaaa = 1:  bbbbbbbbbbbb one\n2:  cccccccccccc < -:  ------------ two\n'
    expect(() => assertShowsAll(text, 1)).not.toThrow()
    expect(() => assertShowsAll(text, 2)).toThrow('1 new commits of 2')
  })

  it('is cut where it is very long, and says how to see all of it', async () => {
    repo.git('checkout', '-q', 'fork')
    repo.commit('long', { 'long.txt': `${'long line of a file\n'.repeat(20_000)}` })
    repo.git('checkout', '-q', 'main')
    repo.commit('changed', { 'long.txt': `${'long line of a file\n'.repeat(19_999)}another\n` })
    const before = { base: repo.oid('main~2'), head: repo.oid('fork') }
    const shown = await rangeDiff(mirror, before, { base: repo.oid('main~2'), head: repo.oid('main') })
    expect(shown.length).toBeLessThan(300 * 1024)
    expect(shown).toContain('two')
  })
})

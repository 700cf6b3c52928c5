import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { keepResolution, writeResolution } from '../resolutions/resolutions.ts'
import { readStack } from '../stack/stack.ts'
import { makeFolder, makeRepo, numberedLines, type TestFolder, type TestRepo } from '../testing.ts'
import type { Mirror } from '../types.ts'
import { replay } from './replay.ts'

let folder: TestFolder
let repo: TestRepo
let mirror: Mirror
const committer = { name: 'Undrift', email: 'undrift@example.org' }

beforeEach(() => {
  folder = makeFolder()
  repo = makeRepo(`${folder.path}/repo`)
  mirror = { path: `${repo.dir}/.git`, signal: null }
  repo.commit('start', { 'a.txt': numberedLines(30), 'b.txt': numberedLines(30) })
})

afterEach(() => folder.remove())

/** Leaves `fork` with the patches on top of the start, and `main` with upstream's commits. */
function onTwoSides(fork: () => void, upstream: () => void): void {
  repo.git('checkout', '-q', '-b', 'fork')
  fork()
  repo.git('checkout', '-q', 'main')
  upstream()
}

async function replayFork() {
  const [head, onto] = [repo.oid('fork'), repo.oid('main')]
  const stack = await readStack(mirror, { head, onto })
  return replay(mirror, { stack, onto, committer, attempt: null })
}

describe('replay', () => {
  it('moves every patch and tells unchanged, context-only and merged ones apart', async () => {
    onTwoSides(
      () => {
        repo.commit('far away', { 'a.txt': numberedLines(30, { 3: 'ours 3' }) })
        repo.commit('beside', { 'b.txt': numberedLines(30, { 10: 'ours 10' }) })
        repo.commit('half of it is upstream already', {
          'a.txt': numberedLines(30, { 3: 'ours 3', 15: 'both 15', 28: 'ours 28' }),
        })
      },
      () => {
        repo.commit('upstream', {
          'a.txt': `new first line\n${numberedLines(30, { 15: 'both 15' })}`,
          'b.txt': numberedLines(30, { 12: 'upstream 12' }),
        })
      },
    )
    const result = await replayFork()
    expect(result.reports.map((report) => report.verdict)).toEqual(['context-only', 'context-only', 'merged'])
    expect(result.reports[2]?.reason).toContain('a.txt')
    expect(result.kind).toBe('done')
    if (result.kind !== 'done') return
    expect(repo.git('log', '--format=%s|%an|%cn|%ct', `main..${result.head}`).split('\n')).toEqual(
      ['half of it is upstream already', 'beside', 'far away'].map(
        (subject) => `${subject}|Ada|Undrift|${repo.git('log', '-1', '--format=%ct', 'main')}`,
      ),
    )
    expect(repo.git('rev-parse', `${result.head}^{tree}`)).toBe(result.tree)
    expect(repo.git('fsck', '--strict')).not.toMatch(/missing|error/)
  })

  it('gives the same ids when it is done again', async () => {
    onTwoSides(
      () => repo.commit('ours', { 'a.txt': numberedLines(30, { 3: 'ours' }) }),
      () => repo.commit('theirs', { 'b.txt': numberedLines(30, { 3: 'theirs' }) }),
    )
    expect(await replayFork()).toEqual(await replayFork())
  })

  it('keeps a patch that was empty from the start and names the upstream commit of one that landed', async () => {
    onTwoSides(
      () => {
        repo.git('commit', '-q', '--allow-empty', '-m', 'empty')
        repo.commit('landed', { 'a.txt': numberedLines(30, { 3: 'the same' }) })
      },
      () => {
        repo.commit('other', { 'b.txt': numberedLines(30, { 3: 'other' }) })
        repo.commit('same as ours', { 'a.txt': numberedLines(30, { 3: 'the same' }) })
      },
    )
    const result = await replayFork()
    expect(result.reports.map((report) => report.verdict)).toEqual(['unchanged', 'landed'])
    expect(result.reports[1]?.reason).toContain(repo.oid('main').slice(0, 12))
    expect(result.reports[0]?.reason).toContain('empty from the start')
  })

  it('does not ask about patches that landed one after the other, nor about one upstream went on from', async () => {
    onTwoSides(
      () => {
        repo.commit('first', { 'a.txt': numberedLines(30, { 3: 'one' }) })
        repo.commit('second', { 'a.txt': numberedLines(30, { 3: 'two' }) })
      },
      () => {
        repo.commit('first there', { 'a.txt': numberedLines(30, { 3: 'one' }) })
        repo.commit('second there', { 'a.txt': numberedLines(30, { 3: 'two' }) })
        repo.commit('third there', { 'a.txt': numberedLines(30, { 3: 'three' }) })
      },
    )
    const result = await replayFork()
    expect(result.reports.map((report) => report.verdict)).toEqual(['landed', 'landed'])
    expect(result.reports[0]?.reason).toContain(repo.oid('main~2').slice(0, 12))
    expect(result.reports[1]?.reason).toContain(repo.oid('main~1').slice(0, 12))
    const [first, second] = ['fork~1', 'fork'].map((name) => repo.oid(name).slice(0, 12))
    expect(result.kind === 'done' && result.rangeDiff).toBe(
      `1:  ${first} < -:  ------------ first\n2:  ${second} < -:  ------------ second\n`,
    )
  })

  it('stops at the first conflict with the last good commit, the paths, kinds and stages', async () => {
    onTwoSides(
      () => {
        repo.commit('good', { 'b.txt': numberedLines(30, { 3: 'good' }) })
        repo.commit('bad', { 'a.txt': numberedLines(30, { 3: 'ours' }) })
        repo.commit('behind', { 'c.txt': 'new\n' })
      },
      () => repo.commit('upstream', { 'a.txt': numberedLines(30, { 3: 'theirs' }) }),
    )
    const result = await replayFork()
    expect(result.kind).toBe('conflict')
    if (result.kind !== 'conflict') return
    expect(result.reports.map((report) => report.verdict)).toEqual(['unchanged', 'conflict', null])
    expect(result.at.lastGood).toBe(result.reports[0]?.newOid)
    expect(result.at.patch.subject).toBe('bad')
    expect(result.at.paths).toEqual([
      {
        path: 'a.txt',
        kind: 'content',
        base: { mode: '100644', oid: repo.oid('main~1:a.txt') },
        ours: { mode: '100644', oid: repo.oid('main:a.txt') },
        theirs: { mode: '100644', oid: repo.oid('fork:a.txt') },
      },
    ])
    expect(repo.git('cat-file', '-t', result.at.lastGood)).toBe('commit')
  })
})

describe('a remembered resolution', () => {
  it('is reused by content on another attempt, and counts as resolved in its own', async () => {
    onTwoSides(
      () => repo.commit('ours', { 'a.txt': numberedLines(30, { 3: 'ours' }) }),
      () => repo.commit('theirs', { 'a.txt': numberedLines(30, { 3: 'theirs' }) }),
    )
    const stopped = await replayFork()
    expect(stopped.kind).toBe('conflict')
    if (stopped.kind !== 'conflict') return
    repo.commit('both', { 'a.txt': numberedLines(30, { 3: 'both' }) })
    const settled = { mode: '100644', oid: repo.oid('main:a.txt') }
    const [head, onto] = [repo.oid('fork'), repo.oid('main~1')]
    const { oid, key } = await writeResolution(mirror, {
      by: 'Ada',
      at: '2026-01-02T03:04:05Z',
      attempt: 'maintain/demo/main/v2',
      patch: { oid: head, subject: 'ours' },
      paths: stopped.at.paths.map((path) => ({ ...path, settled })),
      more: [],
    })
    await keepResolution(mirror, key, oid)
    const stack = await readStack(mirror, { head, onto })
    const again = (attempt: string | null) => replay(mirror, { stack, onto, committer, attempt })
    const reused = await again(null)
    expect(reused.reports[0]).toMatchObject({ verdict: 'reused', reason: expect.stringContaining('Ada') })
    expect(reused.kind === 'done' && repo.git('show', `${reused.head}:a.txt`)).toContain('both')
    expect((await again('maintain/demo/main/v2')).reports[0]?.verdict).toBe('resolved')
  })
})

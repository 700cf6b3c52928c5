import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openConflict, takeConflict } from '../index.ts'
import { atLeast, gitVersion } from '../process/version.ts'
import { carryEverything } from '../stack/policy.ts'
import { readStack } from '../stack/stack.ts'
import { makeFolder, makeRepo, numberedLines, type TestFolder, type TestRepo } from '../testing.ts'
import type { Mirror } from '../types.ts'
import { type MergePath, mergePaths } from './merge-whole.ts'
import { makePlan } from './plan.ts'
import { replay } from './replay.ts'

const usable = atLeast(await gitVersion(), 2, 49)
  ? mergePaths
  : mergePaths.filter((each) => each !== 'dialogue')
const committer = { name: 'Undrift', email: 'undrift@example.org' }

let folder: TestFolder
let repo: TestRepo
let mirror: Mirror
beforeEach(() => {
  folder = makeFolder()
  repo = makeRepo(join(folder.path, 'repo'))
  mirror = { path: join(repo.dir, '.git'), signal: null }
})
afterEach(() => folder.remove())

/** The same file changed by the fork at the top and by upstream at the bottom, far enough apart to merge as text. */
function bothChange(path: string, attributes: Readonly<Record<string, string>>): void {
  repo.commit('start', { [path]: numberedLines(30), 'plain.txt': numberedLines(30), ...attributes })
  repo.git('checkout', '-q', '-b', 'fork')
  repo.commit('ours', {
    [path]: numberedLines(30, { 3: 'ours' }),
    'plain.txt': numberedLines(30, { 3: 'ours' }),
  })
  repo.git('checkout', '-q', 'main')
  repo.commit('theirs', {
    [path]: numberedLines(30, { 28: 'theirs' }),
    'plain.txt': numberedLines(30, { 28: 'theirs' }),
  })
}

function planOf(mergePath: MergePath) {
  const ends = { head: repo.oid('fork'), onto: repo.oid('main'), base: null, followed: [] }
  const input = { ...ends, committer, policy: carryEverything, onConflict: 'stop' } as const
  return makePlan(mirror, input, { mergePath, keep: async () => {} })
}

/** Whether `git rebase` stops. */
function rebaseStops(): boolean {
  repo.git('checkout', '-q', '-B', 'tried', 'fork')
  try {
    repo.git('rebase', '-q', 'main')
    return false
  } catch {
    repo.git('rebase', '--abort')
    return true
  } finally {
    repo.git('checkout', '-q', 'main')
  }
}

describe.each(usable)('what upstream marks in .gitattributes (%s)', (mergePath) => {
  it.each([
    ['-merge', 'made.lock', { '.gitattributes': '*.lock -merge\n' }],
    ['merge=binary', 'made.lock', { '.gitattributes': 'made.lock merge=binary\n' }],
    ['binary', 'made.lock', { '.gitattributes': '*.lock binary\n' }],
    ['a macro', 'made.lock', { '.gitattributes': '[attr]made -merge\n*.lock made\n' }],
    ['a nested file', 'a/b/made.lock', { 'a/.gitattributes': 'b/*.lock -merge\n' }],
    ['everything', 'made.lock', { '.gitattributes': '* -merge\n' }],
  ] as const)('stops the replay as it stops git rebase: %s', async (_, path, attributes) => {
    bothChange(path, attributes)
    expect(rebaseStops()).toBe(true)
    const plan = await planOf(mergePath)
    expect(plan.result.kind).toBe('conflict')
    expect(plan.patches[0]?.conflict?.paths).toContainEqual(expect.objectContaining({ path, kind: 'binary' }))
  })

  it.each([
    [
      'overridden in a deeper folder',
      'a/made.lock',
      { '.gitattributes': '*.lock -merge\n', 'a/.gitattributes': '*.lock merge\n' },
    ],
    ['a driver that nobody has', 'made.lock', { '.gitattributes': '*.lock merge=ours\n' }],
    ['a file in another folder', 'made.lock', { 'x/.gitattributes': 'made.lock -merge\n' }],
  ] as const)('does not stop it: %s', async (_, path, attributes) => {
    bothChange(path, attributes)
    expect(rebaseStops()).toBe(false)
    expect((await planOf(mergePath)).result.kind).toBe('done')
  })

  it('joins both sides with merge=union', async () => {
    repo.commit('start', { CHANGES: 'old\n', '.gitattributes': 'CHANGES merge=union\n' })
    repo.git('checkout', '-q', '-b', 'fork')
    repo.commit('ours', { CHANGES: 'ours\nold\n' })
    repo.git('checkout', '-q', 'main')
    repo.commit('theirs', { CHANGES: 'theirs\nold\n' })
    const { result } = await planOf(mergePath)
    if (result.kind === 'conflict') throw new Error('It conflicts.')
    expect(repo.git('show', `${result.tree}:CHANGES`).split('\n').sort()).toEqual(['old', 'ours', 'theirs'])
  })

  it('counts by the tree of the target, not by that of the fork', async () => {
    bothChange('made.lock', { '.gitattributes': '*.lock -merge\n' })
    repo.commit('merge it again', { '.gitattributes': null })
    expect((await planOf(mergePath)).result.kind).toBe('done')
  })

  it('reads the merges of the fork as they were made', async () => {
    repo.commit('start', { CHANGES: 'old\n', '.gitattributes': 'CHANGES merge=union\n' })
    repo.git('checkout', '-q', '-b', 'topic')
    repo.commit('topic', { CHANGES: 'topic\nold\n' })
    repo.git('checkout', '-q', '-b', 'fork', 'main')
    repo.commit('ours', { CHANGES: 'ours\nold\n' })
    repo.git('merge', '-q', '--no-edit', 'topic')
    repo.git('checkout', '-q', 'main')
    repo.commit('theirs', { other: 'theirs\n' })
    const [head, onto] = [repo.oid('fork'), repo.oid('main')]
    const stack = await readStack(mirror, { head, onto })
    expect(stack.patches.map(({ subject }) => subject)).toEqual(['ours', 'topic'])
    expect(await replay(mirror, { stack, onto, committer, attempt: null })).toMatchObject({ kind: 'done' })
    expect((await planOf(mergePath)).patches).toHaveLength(2)
  })

  it('leaves the diffs and verdicts of other files as they are', async () => {
    bothChange('made.txt', { '.gitattributes': '*.po binary\n*.lock -diff\n' })
    const plan = await planOf(mergePath)
    expect(plan.patches.map(({ verdict }) => verdict)).toEqual(['unchanged'])
  })
})

it('shows such a conflict in a work tree, and takes what a person chose', async () => {
  bothChange('made.lock', { '.gitattributes': '*.lock -merge\n' })
  const [head, onto] = [repo.oid('fork'), repo.oid('main')]
  const again = async () => {
    const stack = await readStack(mirror, { head, onto })
    return replay(mirror, { stack, onto, committer, attempt: null })
  }
  const stopped = await again()
  if (stopped.kind !== 'conflict') throw new Error('It does not conflict.')
  const dir = join(folder.path, 'conflict')
  const opened = await openConflict(mirror, { conflict: stopped.at, dir })
  expect(opened.paths).toMatchObject([
    { path: 'made.lock', choice: expect.stringContaining('--theirs made.lock') },
  ])
  const before = { conflict: stopped.at, dir, by: 'Ada', attempt: null, at: '2026-01-01T00:00:00Z' }
  expect(await takeConflict(mirror, before)).toMatchObject({ kind: 'unsettled' })
  const work = (...argv: string[]) => repo.git('-C', dir, ...argv)
  work('checkout', '--theirs', 'made.lock')
  work('add', 'made.lock')
  expect(await takeConflict(mirror, before)).toMatchObject({ kind: 'taken' })
  const done = await again()
  expect(done.kind).toBe('done')
  if (done.kind !== 'done') return
  expect(repo.git('show', `${done.head}:made.lock`)).toBe(numberedLines(30, { 3: 'ours' }).trimEnd())
})

it('gives markers the length that upstream asks for', async () => {
  repo.commit('start', { 'a.txt': 'a\n', '.gitattributes': '*.txt conflict-marker-size=20\n' })
  repo.git('checkout', '-q', '-b', 'fork')
  repo.commit('ours', { 'a.txt': 'ours\n' })
  repo.git('checkout', '-q', 'main')
  repo.commit('theirs', { 'a.txt': 'theirs\n' })
  const [head, onto] = [repo.oid('fork'), repo.oid('main')]
  const stopped = await replay(mirror, {
    stack: await readStack(mirror, { head, onto }),
    onto,
    committer,
    attempt: null,
  })
  if (stopped.kind !== 'conflict') throw new Error('It does not conflict.')
  const dir = join(folder.path, 'conflict')
  await openConflict(mirror, { conflict: stopped.at, dir })
  expect(readFileSync(join(dir, 'a.txt'), 'utf8')).toMatch(/^<{20} ours: /m)
})

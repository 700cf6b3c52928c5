import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Oid } from '../../domain/patch.ts'
import { replay } from '../replay/replay.ts'
import { makeFolder, makeRepo, numberedLines, type TestFolder, type TestRepo } from '../testing.ts'
import type { Mirror } from '../types.ts'
import { readStack } from './stack.ts'

const committer = { name: 'Undrift', email: 'undrift@example.org' }

let folder: TestFolder
let repo: TestRepo
let mirror: Mirror
beforeEach(() => {
  folder = makeFolder()
  repo = makeRepo(join(folder.path, 'repo'))
  mirror = { path: join(repo.dir, '.git'), signal: null }
  repo.commit('start', { 'a.txt': numberedLines(20) })
  // Two releases of upstream, each on a branch of its own, as their tags in a mirror.
  release('v1', { 'one.txt': '1.1\n' })
  repo.commit('main goes on', { 'b.txt': 'b\n' })
  release('v2', { 'two.txt': '2.1\n' })
  repo.commit('main is here', { 'c.txt': 'c\n' })
  repo.git('tag', 'v3')
  repo.git('update-ref', 'refs/upstream/tags/v3', 'v3')
  repo.git('checkout', '-q', '-b', 'fork', 'v1')
})
afterEach(() => folder.remove())

function release(tag: string, files: Readonly<Record<string, string>>): void {
  repo.git('checkout', '-q', '-b', `release-${tag}`)
  repo.commit(`release ${tag}`, files)
  repo.git('tag', tag)
  repo.git('update-ref', `refs/upstream/tags/${tag}`, tag)
  repo.git('checkout', '-q', 'main')
}

function merge(...names: string[]): void {
  repo.git('merge', '-q', '--no-edit', '--no-ff', ...names)
}

async function moved(): Promise<{ readonly subjects: readonly string[]; readonly head: Oid }> {
  const [head, onto] = [repo.oid('fork'), repo.oid('v3')]
  const stack = await readStack(mirror, { head, onto })
  const done = await replay(mirror, { stack, onto, committer, attempt: null })
  if (done.kind !== 'done') throw new Error(JSON.stringify(done.at.paths))
  return { subjects: stack.patches.map(({ subject }) => subject), head: done.head }
}

/** The fork's own lines are there, and the target's. */
function expectWhole(head: Oid): void {
  expect(repo.git('show', `${head}:ours.txt`)).toBe('ours')
  expect(repo.git('show', `${head}:c.txt`)).toBe('c')
}

describe('a fork that merged release branches of upstream', () => {
  it('is read where a topic merged the newer release and was merged itself', async () => {
    repo.commit('ours', { 'ours.txt': 'ours\n' })
    repo.git('checkout', '-q', '-b', 'topic')
    merge('v2')
    repo.git('checkout', '-q', 'fork')
    repo.commit('meanwhile', { 'more.txt': 'more\n' })
    merge('topic')
    const { subjects, head } = await moved()
    expect(subjects).toEqual(expect.arrayContaining(['ours', 'meanwhile']))
    expectWhole(head)
    expect(repo.git('show', `${head}:more.txt`)).toBe('more')
  })

  it('is read where a topic from before the newer release was merged after it', async () => {
    repo.git('checkout', '-q', '-b', 'topic')
    repo.commit('ours', { 'ours.txt': 'ours\n' })
    repo.git('checkout', '-q', 'fork')
    repo.commit('first', { 'more.txt': 'more\n' })
    merge('v2')
    merge('topic')
    const { subjects, head } = await moved()
    expect(subjects).toEqual(expect.arrayContaining(['first', 'ours']))
    expectWhole(head)
  })

  it('is read where a topic stands on the newer release itself', async () => {
    repo.commit('ours', { 'ours.txt': 'ours\n' })
    repo.git('checkout', '-q', '-b', 'topic', 'v2')
    repo.commit('on the newer one', { 'more.txt': 'more\n' })
    repo.git('checkout', '-q', 'fork')
    merge('topic')
    const { subjects, head } = await moved()
    expect(subjects).toEqual(expect.arrayContaining(['ours', 'on the newer one']))
    expectWhole(head)
  })
})

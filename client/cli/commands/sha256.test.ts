import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { makeFolder, makeRepo, numberedLines, type TestFolder, type TestRepo } from '../../../git/testing.ts'
import { runHere } from '../testing.ts'

let folder: TestFolder
let up: TestRepo
let fork: TestRepo
beforeEach(() => {
  folder = makeFolder()
  up = makeRepo(join(folder.path, 'up'), 'sha256')
  up.commit('one', { 'a.txt': numberedLines(30), 'deep/b.txt': numberedLines(9) })
  up.git('tag', '-a', '-m', 'one', 'v1.0.0')
  fork = makeRepo(join(folder.path, 'fork'), 'sha256')
  fork.git('pull', '-q', up.dir, 'main')
  fork.commit('ours in a', { 'a.txt': numberedLines(30, { 3: 'ours' }) })
  fork.commit('ours in deep', { 'deep/b.txt': numberedLines(9, { 9: 'ours' }), 'deep/new.txt': 'new\n' })
})
afterEach(() => folder.remove())

function release(): void {
  up.commit('two', { 'a.txt': numberedLines(30, { 28: 'theirs' }) })
  up.git('mv', 'deep/b.txt', 'deep/c.txt')
  up.commit('three', {})
  up.git('tag', 'v1.1.0')
}

function undrift(...argv: readonly string[]) {
  return runHere(argv, { cwd: folder.path, env: { PATH: process.env.PATH } })
}

function config(origin: string): void {
  const text = `upstreams:
  up: { git: ${up.dir}, feed: git+file://${up.dir}, tags: { prefix: v } }
forks:
  mine: { upstream: up, remotes: { origin: ${origin} }, branch: main, verify: [] }
`
  writeFileSync(join(folder.path, 'undrift.yaml'), text)
}

describe('a SHA-256 upstream', () => {
  it('is planned by config and by --repo, with the same result as git rebase', async () => {
    release()
    config(fork.dir)
    const planned = JSON.parse((await undrift('plan', 'mine', '--json')).out)
    expect(planned.result.kind).toBe('done')
    expect(planned.patches.map(({ newOid }: { newOid: string }) => newOid.length)).toEqual([64, 64])
    fork.git('fetch', '-q', up.dir, 'refs/tags/v1.1.0:refs/tags/v1.1.0')
    const ends = ['--head', 'main', '--onto', 'v1.1.0', '--to', 'refs/heads/moved']
    const kept = JSON.parse((await undrift('plan', '--repo', 'fork', ...ends, '--json')).out)
    expect(fork.oid('moved')).toBe(kept.result.head)
    fork.git('rebase', '-q', 'v1.1.0')
    expect(fork.oid('moved^{tree}')).toBe(fork.oid('main^{tree}'))
  })

  it('keeps the result of a plan in a mirror that is made for it', async () => {
    release()
    config(fork.dir)
    const data = join(folder.path, 'data')
    const ran = await undrift('plan', 'mine', '--to', 'refs/heads/moved', '--data', data, '--json')
    expect(ran).toMatchObject({ code: 0, err: '' })
    const moved = fork.git('--git-dir', join(data, 'mirrors', 'up.git'), 'rev-parse', 'refs/heads/moved')
    expect(moved).toBe(JSON.parse(ran.out).result.head)
  })

  it('has its releases, by path and by the commits behind the tags', async () => {
    release()
    for (const scheme of [[], ['--scheme', 'commit']]) {
      const ran = await undrift('releases', '--git', 'up', '--prefix', 'v', ...scheme, '--json')
      const { releases } = JSON.parse(ran.out)
      expect(
        releases.map(({ tag, reason }: { tag: string; reason: string | null }) => [tag, reason]),
      ).toEqual([
        ['v1.1.0', null],
        ['v1.0.0', null],
      ])
    }
  })

  it.each([['validate'], ['plan', 'mine', 'v1.0.0']])(
    'refuses a SHA-1 fork in a sentence: %s',
    async (...argv) => {
      const other = makeRepo(join(folder.path, 'other'))
      other.commit('ours', { x: 'x' })
      config(other.dir)
      const ran = await undrift(...argv)
      expect(ran.code).toBe(2)
      expect(ran.err).toContain(`${other.dir} is a SHA-1 repository, and its upstream is SHA-256`)
      expect(ran.err).toContain('Make the fork again')
    },
  )
})

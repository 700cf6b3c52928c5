import { writeFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { numberedLines, openRepo } from '../../../git/testing.ts'
import { runHere } from '../testing.ts'
import { usePlanRepo } from './plan-testing.ts'

const ground = usePlanRepo()
const { repo, plan, everything } = ground

describe('undrift plan --to', () => {
  it('keeps a result that is done under a ref: created only, or moved from the expected value', async () => {
    repo.commit('upstream', { 'b.txt': numberedLines(30, { 3: 'theirs' }) })
    const kept = await plan('--to', 'refs/heads/candidate', '--json')
    expect(kept.code).toBe(0)
    const { head } = JSON.parse(kept.out).result
    expect(repo.oid('candidate')).toBe(head)
    expect(repo.git('fsck', '--strict', '--no-dangling')).toBe('')
    const again = await plan('--to', 'refs/heads/candidate')
    expect(again.code).toBe(2)
    repo.commit('upstream again', { 'b.txt': numberedLines(30, { 4: 'theirs' }) })
    expect((await plan('--to', 'refs/heads/candidate', '--expect', repo.oid('main'))).code).toBe(2)
    expect(repo.oid('candidate')).toBe(head)
    expect((await plan('--to', 'refs/heads/candidate', '--expect', head)).code).toBe(0)
    expect(repo.oid('candidate')).not.toBe(head)
  })

  it('makes no branch in the place of a folder of branches', async () => {
    repo.git('branch', 'team/one', 'main')
    const ran = await plan('--to', 'refs/heads/team')
    expect([ran.code, ran.out]).toEqual([2, ''])
    expect(ran.err).toContain('cannot stand beside refs/heads/team/one')
  })

  it('keeps nothing of a conflict', async () => {
    repo.commit('upstream', { 'a.txt': numberedLines(30, { 3: 'theirs' }) })
    const before = everything()
    expect((await plan('--to', 'refs/heads/candidate')).code).toBe(3)
    expect(everything()).toBe(before)
  })

  it.each(['here', 'in a linked work tree'])('moves no branch that is checked out %s', async (where) => {
    const [at, branch] = where === 'here' ? [repo.dir, 'main'] : [`${ground.folder}/linked`, 'ours']
    if (where !== 'here') repo.git('worktree', 'add', '-q', '-b', 'ours', at)
    repo.commit('upstream', { 'b.txt': numberedLines(30, { 3: 'theirs' }) })
    const before = everything()
    const ran = await plan('--to', `refs/heads/${branch}`, '--expect', repo.oid(branch))
    expect([ran.code, ran.out]).toEqual([2, ''])
    expect(ran.err).toContain(`--to: refs/heads/${branch} is checked out in ${at}. Nothing was moved.`)
    expect(everything()).toBe(before)
    repo.git('-C', at, 'checkout', '-q', '--detach')
    expect((await plan('--to', `refs/heads/${branch}`, '--expect', repo.oid(branch))).code).toBe(0)
  })

  it('creates no branch that a work tree names before its first commit', async () => {
    repo.git('checkout', '-q', '--orphan', 'fresh')
    const ran = await plan('--to', 'refs/heads/fresh')
    expect([ran.code, ran.err]).toEqual([2, expect.stringContaining('is checked out in')])
  })

  it('moves no branch in the midst of a rebase or a bisection', async () => {
    repo.commit('upstream', { 'a.txt': numberedLines(30, { 3: 'theirs' }) })
    repo.git('checkout', '-q', 'fork')
    expect(() => repo.git('rebase', '-q', 'main')).toThrow()
    const moved = () => plan('--onto', 'fork~2', '--to', 'refs/heads/fork', '--expect', repo.oid('fork'))
    expect(await moved()).toMatchObject({ code: 2, err: expect.stringContaining('is being rebased in') })
    repo.git('rebase', '--abort')
    repo.git('bisect', 'start')
    repo.git('checkout', '-q', '--detach')
    expect(await moved()).toMatchObject({ code: 2, err: expect.stringContaining('is being bisected in') })
  })

  it('takes no name that only stands for another branch', async () => {
    repo.git('symbolic-ref', 'refs/heads/alias', 'refs/heads/fork')
    const ran = await plan('--to', 'refs/heads/alias', '--expect', repo.oid('fork'))
    expect([ran.code, ran.err]).toEqual([2, expect.stringContaining('only stands for refs/heads/fork')])
  })

  it('moves any branch of a repository without a work tree', async () => {
    const bare = `${ground.folder}/bare.git`
    repo.git('clone', '-q', '--bare', repo.dir, bare)
    const argv = ['plan', '--repo', bare, '--head', 'fork', '--onto', 'main', '--to', 'refs/heads/main']
    const options = { cwd: ground.folder, env: { PATH: process.env.PATH } }
    expect((await runHere([...argv, '--expect', repo.oid('main')], options)).code).toBe(0)
  })

  it('plans a fork of the config as it is now, and brings only what was kept into the mirror', async () => {
    repo.commit('upstream', { 'b.txt': numberedLines(30, { 3: 'theirs' }) })
    repo.git('tag', 'v1.1.0')
    writeFileSync(
      `${ground.folder}/undrift.yaml`,
      `upstreams:
  demo: { git: ${repo.dir}, feed: https://example.org/releases.atom, tags: { prefix: v } }
forks:
  mine: { upstream: demo, remotes: { origin: ${repo.dir} }, branch: fork, verify: [] }
`,
    )
    const data = `${ground.folder}/data`
    const mirror = openRepo(`${data}/mirrors/demo.git`)
    const planned = (...more: string[]) => {
      const argv = ['plan', 'mine', '--data', data, '--json', '--to', 'refs/heads/candidate', ...more]
      return runHere(argv, { cwd: ground.folder, env: { PATH: process.env.PATH } })
    }
    const kept = async (...more: string[]) => {
      const ran = await planned(...more)
      expect(ran).toMatchObject({ code: 0, err: '' })
      const { result, onto, head } = JSON.parse(ran.out)
      expect(mirror.git('for-each-ref', '--format=%(objectname) %(refname)')).toBe(
        `${result.head} refs/heads/candidate`,
      )
      expect(mirror.git('fsck', '--strict', '--no-dangling')).toBe('')
      expect([onto, head]).toEqual([repo.oid('main'), repo.oid('fork')])
      return result.head
    }
    const first = await kept()
    expect((await planned()).code).toBe(2)
    repo.commit('upstream goes on', { 'b.txt': numberedLines(30, { 3: 'theirs', 20: 'too' }) })
    repo.git('tag', 'v1.2.0')
    repo.git('checkout', '-q', 'fork')
    repo.commit('ours goes on', { 'd.txt': 'd\n' })
    repo.git('checkout', '-q', 'main')
    expect(await kept('--expect', first)).not.toBe(first)
    const before = mirror.git('cat-file', '--batch-check', '--batch-all-objects')
    repo.commit('upstream meets it', { 'a.txt': numberedLines(30, { 3: 'theirs' }) })
    repo.git('tag', 'v1.3.0')
    expect((await planned('--expect', mirror.oid('candidate'))).code).toBe(3)
    expect(mirror.git('cat-file', '--batch-check', '--batch-all-objects')).toBe(before)
  })
})

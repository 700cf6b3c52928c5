import { existsSync, rmSync, writeFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { numberedLines, openRepo } from '../../../git/testing.ts'
import { runHere } from '../testing.ts'
import { usePlanRepo } from './plan-testing.ts'

const ground = usePlanRepo()
const { repo, plan, everything } = ground

describe('undrift plan', () => {
  it('shows how the patches change where it is asked to', async () => {
    repo.commit('upstream', { 'a.txt': numberedLines(30, { 28: 'theirs' }) })
    const before = everything()
    const { rangeDiff } = JSON.parse((await plan('--range-diff', '--json')).out)
    expect(rangeDiff).toMatch(/^1: {2}[0-9a-f]{12} = 1: {2}[0-9a-f]{12} ours\n2: {2}.* more of ours\n$/)
    const ran = await plan('--range-diff')
    expect(ran.out.startsWith(rangeDiff)).toBe(true)
    expect(ran.out).toContain('2 of 2 patches apply')
    expect(everything()).toBe(before)
  })

  it('shows every patch and leaves nothing behind', async () => {
    repo.commit('upstream', { 'b.txt': numberedLines(30, { 3: 'theirs' }) })
    const before = everything()
    const ran = await plan('--json')
    expect(ran.code).toBe(0)
    const json = JSON.parse(ran.out)
    expect(Object.keys(json)).toEqual([
      'version',
      'base',
      'head',
      'onto',
      'result',
      'patches',
      'merges',
      'upstreamCommits',
      'suspects',
    ])
    expect(json).toMatchObject({
      version: 1,
      base: repo.oid('fork~2'),
      head: repo.oid('fork'),
      onto: repo.oid('main'),
      result: { kind: 'done' },
      merges: [],
      suspects: [],
    })
    expect(json.patches[0]).toEqual({
      oid: repo.oid('fork~1'),
      subject: 'ours',
      author: { name: 'Ada', email: 'ada@example.org' },
      verdict: 'unchanged',
      newOid: expect.stringMatching(/^[0-9a-f]{40}$/),
      landedAs: [],
      cause: null,
      reason: expect.any(String),
      paths: ['a.txt'],
      folded: [],
      suggestion: null,
      conflict: null,
    })
    expect(everything()).toBe(before)
  })

  it('ends with a line that names the conflict and the upstream commit, and with exit code 3', async () => {
    repo.commit('rename Foo', { 'a.txt': numberedLines(30, { 3: 'theirs' }) })
    const ran = await plan()
    expect(ran.code).toBe(3)
    expect(ran.out.trimEnd().split('\n').at(-1)).toBe(
      `0 of 2 patches apply; 0001 conflicts in a.txt with upstream ${repo.oid('main').slice(0, 6)} 'rename Foo'`,
    )
    expect((await plan('--all')).out).toContain('1 of 2 patches apply')
  })

  it('counts as upstream what a mirror follows, or what it is told, never a branch by itself', async () => {
    const base = repo.oid('main')
    repo.git('checkout', '-q', '-b', 'release', 'main')
    const upstream = openRepo(repo.dir, 'Uma')
    upstream.commit('backport', { 'b.txt': numberedLines(30, { 3: 'backport' }) })
    const last = upstream.commit('release 1.0.1', { 'v.txt': '1.0.1\n' })
    repo.git('checkout', '-q', 'fork')
    repo.git('merge', '-q', '--no-ff', '-m', 'take 1.0.1 in', 'release')
    repo.git('checkout', '-q', 'main')
    repo.commit('upstream', { 'u.txt': 'u\n' })
    const read = async (...more: string[]) => {
      const { base: on, patches } = JSON.parse((await plan('--json', ...more)).out)
      return [on, patches.map(({ subject }: { subject: string }) => subject)]
    }
    const own = ['ours', 'more of ours']
    expect(await read()).toEqual([base, [...own, 'backport', 'release 1.0.1']])
    expect(await read('--upstream', 'release')).toEqual([last, own])
    // A branch may hold patches of the fork that upstream has not taken.
    repo.git('update-ref', 'refs/upstream/heads/topic', 'fork~1')
    expect(await read()).toEqual([base, [...own, 'backport', 'release 1.0.1']])
    repo.git('update-ref', 'refs/upstream/tags/v1.0.1', 'release')
    expect(await read()).toEqual([last, own])
    // A tag on the fork itself in upstream's repository says nothing of what the target has.
    repo.git('update-ref', 'refs/upstream/tags/ours', 'fork')
    expect(await read()).toEqual([last, own])
  })

  it('does not read the configuration of the repository', async () => {
    repo.commit('upstream', {
      'a.txt': `new\n${numberedLines(30, { 20: 'theirs' })}`,
      '.gitattributes': '* merge=union\n',
    })
    const before = JSON.parse((await plan('--json')).out).result.head
    repo.git('config', 'merge.conflictStyle', 'diff3')
    repo.git('config', 'diff.algorithm', 'patience')
    repo.git('config', 'merge.renames', 'false')
    repo.git('config', 'user.name', 'Somebody')
    repo.git('config', 'i18n.commitEncoding', 'ISO-8859-1')
    writeFileSync(`${repo.dir}/.git/info/attributes`, '* merge=union\n')
    expect(JSON.parse((await plan('--json')).out).result.head).toBe(before)
  })

  it.each([
    [['--policy', 'strickt'], 'Did you mean'],
    [['--squash-author', 'nobody'], 'no e-mail address'],
    [['--to', 'candidate'], 'no branch'],
    [['--to', 'refs/tags/x'], 'no branch'],
    [['--expect', '0'.repeat(40)], '--expect belongs to --to'],
    [['--base', 'nowhere'], 'names no commit'],
    [['--upstream', 'nowhere'], 'names no commit'],
    [['--base=-x'], 'names no commit'],
    [['--base', '^fork'], 'names no commit'],
    [['--to', 'refs/heads/fork/x'], 'cannot stand beside refs/heads/fork'],
    [['--to', 'refs/heads/fork/x/y'], 'cannot stand beside refs/heads/fork'],
    [['--upstream-prs', 'missing.json'], 'cannot be read'],
    [['--drop', 'fff0'], 'no patch of the stack'],
    [['somefork'], 'exclude each other'],
  ])('refuses %j with exit code 2', async (options, words) => {
    const ran = await plan(...options)
    expect(ran.code).toBe(2)
    expect(ran.err).toContain(words)
    expect(ran.out).toBe('')
  })

  it('fetches what a plan of the config needs, with a mirror and without, and keeps nothing of it', async () => {
    repo.commit('upstream', { 'b.txt': numberedLines(30, { 3: 'theirs' }) })
    repo.git('tag', 'v1.1.0')
    writeFileSync(
      `${ground.folder}/undrift.yaml`,
      [
        'upstreams:',
        '  demo:',
        `    git: ${repo.dir}`,
        '    feed: https://example.org/releases.atom',
        '    tags: { prefix: v }',
        'forks:',
        '  mine:',
        '    upstream: demo',
        `    remotes: { origin: ${repo.dir} }`,
        '    branch: fork',
        '    committer: { name: Ours, email: ours@example.org }',
        '    verify: ["true"]',
        '    publish: { candidate: "undrift/{tag}", to: [origin] }',
        '',
      ].join('\n'),
    )
    const data = `${ground.folder}/data`
    const argv = ['plan', 'mine', '--data', data, '--json']
    const options = { cwd: ground.folder, env: { PATH: process.env.PATH } }
    const first = await runHere(argv, options)
    expect(first).toMatchObject({ code: 0, err: '' })
    expect(JSON.parse(first.out)).toMatchObject({ onto: repo.oid('v1.1.0'), head: repo.oid('fork') })
    expect(existsSync(data)).toBe(false)
    const mirror = `${data}/mirrors/demo.git`
    repo.git('init', '-q', '--bare', mirror)
    const refs = ['v1.1.0:refs/upstream/tags/v1.1.0', 'fork:refs/fork/mine/origin/heads/fork']
    repo.git('push', '-q', mirror, ...refs)
    repo.commit('upstream goes on', { 'b.txt': numberedLines(30, { 3: 'theirs', 20: 'too' }) })
    repo.git('tag', 'v1.2.0')
    const state = () => [
      repo.git('-C', mirror, 'for-each-ref'),
      repo.git('-C', mirror, 'cat-file', '--batch-check', '--batch-all-objects'),
    ]
    const before = state()
    const ran = await runHere(argv, options)
    expect(ran.err).toBe('')
    expect(ran.code).toBe(0)
    expect(JSON.parse(ran.out)).toMatchObject({ onto: repo.oid('v1.2.0'), result: { kind: 'done' } })
    expect(state()).toEqual(before)
    const none = await runHere(['plan', 'mine', '1.2.0', '--data', data], options)
    expect(none).toMatchObject({ code: 2, err: expect.stringContaining('v1.2.0') })
    rmSync(repo.dir, { recursive: true })
    expect((await runHere(argv, options)).code).toBe(4)
  })

  it('takes the generated files of the config, and says what an attempt makes again', async () => {
    repo.git('checkout', '-q', 'fork')
    repo.commit('ours in the lock', { lock: 'ours\n' })
    repo.git('checkout', '-q', 'main')
    repo.commit('upstream', { lock: 'theirs\n' })
    repo.git('tag', 'v1.1.0')
    const config = (generated: string) => `upstreams:
  demo: { git: ${repo.dir}, feed: https://example.org/releases.atom, tags: { prefix: v } }
forks:
  mine:
    upstream: demo
    remotes: { origin: ${repo.dir} }
    branch: fork
    verify: []
${generated}`
    const mirror = `${ground.folder}/data/mirrors/demo.git`
    repo.git('init', '-q', '--bare', mirror)
    const refs = ['v1.1.0:refs/upstream/tags/v1.1.0', 'fork:refs/fork/mine/origin/heads/fork']
    repo.git('push', '-q', mirror, ...refs)
    const planned = (generated: string, ...more: string[]) => {
      writeFileSync(`${ground.folder}/undrift.yaml`, config(generated))
      const argv = ['plan', 'mine', '--data', `${ground.folder}/data`, ...more]
      return runHere(argv, { cwd: ground.folder, env: { PATH: process.env.PATH } })
    }
    expect((await planned('')).code).toBe(3)
    const generated = '    generated: { lock: make lock }\n'
    const text = await planned(generated)
    expect(text.code).toBe(0)
    expect(text.out).toContain("Upstream's `lock` stands in until `make lock` makes it again.")
    expect(text.out.trimEnd()).toMatch(/the result is [0-9a-f]{12} before an attempt makes lock again$/)
    const json = JSON.parse((await planned(generated, '--json')).out)
    expect(json).toMatchObject({
      result: { kind: 'done' },
      patches: [{}, {}, { verdict: 'merged', oid: repo.oid('fork') }],
      pending: [{ pattern: 'lock', command: 'make lock', patch: repo.oid('fork') }],
    })
  })
})

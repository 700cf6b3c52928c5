import { execFileSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { makeFolder, makeRepo, type TestRepo } from '../../../git/testing.ts'
import { runHere } from '../testing.ts'

const folder = makeFolder()
let upstream: TestRepo
beforeAll(() => {
  upstream = makeRepo(join(folder.path, 'up stream'))
  upstream.commit('one', { a: '1' })
  upstream.git('tag', 'v1.0.0')
  upstream.git('tag', '-a', 'v1.10.0', '-m', 'ten')
  upstream.commit('two', { a: '2' })
  upstream.git('tag', 'v1.9.0')
  upstream.git('tag', 'v2.0.0-rc.1')
  upstream.git('tag', 'nightly')
  upstream.git('tag', 'v3.0.0', upstream.oid('HEAD:a'))
  upstream.git('tag', 'v4.0.0', upstream.oid('HEAD^{tree}'))
  upstream.git('tag', '-a', 'v5.0.0', '-m', 'a blob', upstream.oid('HEAD:a'))
})
afterAll(() => folder.remove())

interface Row {
  readonly tag: string
  readonly version: string | null
  readonly prerelease: boolean
  readonly status: string
  readonly reason: string | null
}

async function releases(...argv: readonly string[]) {
  const ran = await runHere(['releases', '--json', ...argv], { cwd: folder.path })
  expect(ran).toMatchObject({ code: 0, err: '' })
  const answer: { version: number; newest: string | null; releases: readonly Row[] } = JSON.parse(ran.out)
  expect(answer.version).toBe(1)
  return answer
}

function list(...tags: readonly string[]): string {
  const file = join(folder.path, `tags-${Math.random()}`)
  writeFileSync(file, tags.map((tag) => `${tag}\n`).join(''))
  return file
}

describe('a repository', () => {
  it('shows every tag once: the taken ones newest first, then the rest with their reasons', async () => {
    const answer = await releases('--git', 'up stream')
    expect(answer.newest).toBe('v1.10.0')
    expect(answer.releases).toEqual([
      { tag: 'v1.10.0', version: '1.10.0', prerelease: false, status: 'newest', reason: null },
      { tag: 'v1.9.0', version: '1.9.0', prerelease: false, status: 'eligible', reason: null },
      { tag: 'v1.0.0', version: '1.0.0', prerelease: false, status: 'eligible', reason: null },
      { tag: 'nightly', version: null, prerelease: false, status: 'skipped', reason: 'not a version' },
      {
        tag: 'v2.0.0-rc.1',
        version: '2.0.0-rc.1',
        prerelease: true,
        status: 'skipped',
        reason: 'pre-release',
      },
      { tag: 'v3.0.0', version: '3.0.0', prerelease: false, status: 'skipped', reason: 'no commit' },
      { tag: 'v4.0.0', version: '4.0.0', prerelease: false, status: 'skipped', reason: 'no commit' },
      { tag: 'v5.0.0', version: '5.0.0', prerelease: false, status: 'skipped', reason: 'no commit' },
    ])
  })

  it('may be a path, a file URL, a bare repository, a shallow one or a folder inside of one', async () => {
    const bare = join(folder.path, 'bare.git')
    const shallow = join(folder.path, 'shallow')
    execFileSync('git', ['clone', '-q', '--bare', upstream.dir, bare], { stdio: 'ignore' })
    execFileSync('git', ['clone', '-q', '--depth=1', `file://${upstream.dir}`, shallow], { stdio: 'ignore' })
    execFileSync('git', ['-C', shallow, 'fetch', '-q', '--depth=1', '--tags'], { stdio: 'ignore' })
    for (const source of [upstream.dir, `file://${encodeURI(upstream.dir)}`, bare, shallow]) {
      expect((await releases('--git', source)).newest).toBe('v1.10.0')
      expect((await releases('--git', source, '--scheme', 'commit', '--match', '^v')).newest).toBe(
        'v2.0.0-rc.1',
      )
    }
  })

  it('is ordered by its commits: what descends is newer whatever the clocks say', async () => {
    const repo = makeRepo(join(folder.path, 'clocks'))
    const commit = (message: string, date: string) =>
      execFileSync(
        'git',
        [
          '-C',
          repo.dir,
          '-c',
          'user.name=A',
          '-c',
          'user.email=a@example.org',
          'commit',
          '-q',
          '--allow-empty',
          '-m',
          message,
        ],
        {
          env: { ...process.env, GIT_COMMITTER_DATE: date, GIT_AUTHOR_DATE: date },
        },
      )
    commit('first', '2030-01-01T00:00:00Z')
    repo.git('tag', 'z-first')
    commit('second', '2001-01-01T00:00:00Z')
    repo.git('tag', 'a-second')
    const answer = await releases('--git', repo.dir, '--scheme', 'commit')
    expect(answer.releases.map(({ tag, status }) => [tag, status])).toEqual([
      ['a-second', 'newest'],
      ['z-first', 'eligible'],
    ])
  })

  it('shows tags whose names are no text apart, and takes none of them', async () => {
    const repo = makeRepo(join(folder.path, 'bytes'))
    repo.commit('one', { a: '1' })
    const stdin = [0xff, 0xfe].map((byte) =>
      Buffer.concat([
        Buffer.from('create refs/tags/v1-'),
        Buffer.from([byte]),
        Buffer.from(` ${repo.oid('HEAD')}\n`),
      ]),
    )
    execFileSync('git', ['-C', repo.dir, 'update-ref', '--stdin'], { input: Buffer.concat(stdin) })
    repo.git('tag', 'v1')
    for (const scheme of ['loose', 'commit']) {
      const answer = await releases('--git', repo.dir, '--scheme', scheme, '--prereleases')
      expect(answer.releases.map(({ tag, reason }) => [tag, reason])).toEqual([
        ['v1', null],
        ['v1-\\xfe', 'not a version'],
        ['v1-\\xff', 'not a version'],
      ])
    }
  })

  it('may have no tags at all', async () => {
    const empty = makeRepo(join(folder.path, 'empty'))
    expect(await releases('--git', empty.dir)).toEqual({ version: 1, newest: null, releases: [] })
    expect(await releases('--git', empty.dir, '--scheme', 'commit')).toMatchObject({ newest: null })
  })

  it('is not changed by being looked at', async () => {
    const before = upstream.git('for-each-ref')
    const config = upstream.git('config', '--list', '--local')
    await releases('--git', upstream.dir, '--scheme', 'commit')
    expect([upstream.git('for-each-ref'), upstream.git('config', '--list', '--local')]).toEqual([
      before,
      config,
    ])
  })
})

describe('a plain list', () => {
  it('does not depend on its order, and counts a tag once', async () => {
    const tags = ['v1.0.0', 'v1.2.0', 'x', 'v1.10.0', '1.2.0', 'a', 'v1.0.0']
    const there = await releases('--tags', list(...tags))
    const back = await releases('--tags', list(...tags.toReversed()))
    expect(there).toEqual(back)
    expect(there.releases.map(({ tag }) => tag)).toEqual(['v1.10.0', 'v1.2.0', '1.2.0', 'v1.0.0', 'a', 'x'])
  })

  it.each<[readonly string[], readonly string[], string | null]>([
    [['rust-v0.154.0', 'rust-v0.9.0', 'v9.9.9'], ['--prefix', 'rust-v'], 'rust-v0.154.0'],
    [['gopls/v0.16.2', 'gopls/v0.9.0', 'v0.20.0'], ['--prefix', 'gopls/'], 'gopls/v0.16.2'],
    [['v2026.7.30', 'v2026.12.1'], [], 'v2026.12.1'],
    [['r15c', 'r15', 'r9z'], ['--scheme', 'regex:^r(?<n>\\d+)(?<l>[a-z]?)$'], 'r15c'],
    [
      ['release-3-2-1', 'release-3-10-0'],
      ['--scheme', 'regex:^release-(?<a>\\d+)-(?<b>\\d+)-(?<c>\\d+)$'],
      'release-3-10-0',
    ],
    [['v1.0-rc.1', 'v0.9'], [], 'v0.9'],
    [['v1.0-rc.1', 'v0.9'], ['--prereleases'], 'v1.0-rc.1'],
    [['v1.9', 'v2.0'], ['--range', '>=1 <2'], 'v1.9'],
    [['v1.9', 'v2.0-rc.1'], ['--range', '<2', '--prereleases'], 'v1.9'],
    [['v1.9-linux', 'v1.8'], ['--ignore', 'linux'], 'v1.8'],
    [['1:1.0', '2.0', '1:1.0~rc1'], ['--scheme', 'debian'], '1:1.0'],
    [['100', '99'], ['--scheme', 'numeric'], '100'],
    [['2026.07.30', '2026.13.01'], ['--scheme', 'calver:YYYY.0M.0D'], '2026.07.30'],
    [['1.0.post1', '1.0', '1.1.dev1'], ['--scheme', 'pep440'], '1.0.post1'],
    [['nothing', 'here'], [], null],
    [[], [], null],
  ])('%j with %j has the newest %s', async (tags, options, newest) => {
    expect((await releases('--tags', list(...tags), ...options)).newest).toBe(newest)
  })

  it('takes a tag without the blanks and tabs around it', async () => {
    const file = list('  v1.0.0', 'v1.1.0\t', '\t v1.2.0 \r', ' ', '\t')
    const { newest, releases: rows } = await releases('--tags', file, '--prefix', 'v')
    expect(newest).toBe('v1.2.0')
    expect(rows.map(({ tag }) => tag)).toEqual(['v1.2.0', 'v1.1.0', 'v1.0.0'])
  })

  it('keeps tags apart that differ in bytes that are no text', async () => {
    const file = join(folder.path, 'bytes.txt')
    writeFileSync(file, Buffer.from('\u00ef\u00bb\u00bfv1\r\nb-\u00ff\nb-\u00fe\nb-\u00c3\u00a9\n', 'latin1'))
    const { releases: rows } = await releases('--tags', file)
    expect(rows.map(({ tag }) => tag)).toEqual(['v1', 'b-\\xfe', 'b-\\xff', 'b-é'])
  })

  it('comes from stdin, too', () => {
    const entry = new URL('../entry.ts', import.meta.url).pathname
    const out = execFileSync(process.execPath, [entry, 'releases', '--tags', '-', '--json'], {
      input: 'v1\r\nv2\r\n\r\n',
    })
    expect(JSON.parse(out.toString())).toMatchObject({
      newest: 'v2',
      releases: [{ tag: 'v2' }, { tag: 'v1' }],
    })
  })

  it('is shown to a person with every reason', async () => {
    const file = list('v1.0', 'v2.0-rc1', 'x\u001b[31m')
    const { out } = await runHere(['releases', '--tags', file], { cwd: folder.path })
    expect(out).toMatchInlineSnapshot(`
      "v1.0      1.0        newest
      v2.0-rc1  2.0-rc1    pre-release: the rules take none
      x                    not a version: by the scheme loose
      Newest: v1.0 (1 taken, 2 left out)
      "
    `)
  })
})

describe('what ends with 2', () => {
  it.each([
    [['--scheme', 'semantic'], 'There is no scheme "semantic"'],
    [['--scheme', 'commit'], 'needs a repository'],
    [['--scheme', 'regex:^v(\\d+)$'], 'needs a named group'],
    [['--scheme', 'regex:('], 'not a regular expression'],
    [['--scheme', 'calver:FOO'], 'no pattern'],
    [['--match', '('], '`match` is not a regular expression'],
    [['--ignore', '['], '`ignore` is not a regular expression'],
    [['--range', 'abc'], 'is no range'],
    [['--range', '>=1', '--scheme', 'debian'], 'A range cannot read'],
    [['--git', '.'], 'Name one source'],
  ])('%j: %s', async (options, words) => {
    const ran = await runHere(['releases', '--json', '--tags', list('v1'), ...options], { cwd: folder.path })
    expect([ran.code, JSON.parse(ran.out)]).toMatchObject([2, { version: 1 }])
    expect(JSON.parse(ran.out).error.message).toContain(words)
  })

  it.each([
    'ext::sh -c "touch hacked"',
    'ext::sh',
    '-x',
    '--upload-pack=touch hacked',
    'https://user:pass@git.example/x',
    'ssh://-oProxyCommand=x/y',
    'git://git.example/x',
    'fd::17',
  ])('the repository %s', async (source) => {
    const ran = await runHere(['releases', `--git=${source}`], { cwd: folder.path })
    expect(ran.code).toBe(2)
    expect(ran.err).not.toContain('user:pass')
  })

  it('no source, and a list that is not there', async () => {
    expect((await runHere(['releases'], { cwd: folder.path })).code).toBe(2)
    expect((await runHere(['releases', '--tags', 'none'], { cwd: folder.path })).code).toBe(2)
  })
})

it('names a catastrophic expression, or the tag that it was given up on', async () => {
  const slow = `${'a'.repeat(60)}!`
  const one = await releases('--tags', list(slow, 'v1'), '--ignore', '^(a+)+$')
  expect(one.newest).toBe('v1')
  expect(one.releases.find(({ tag }) => tag === slow)).toMatchObject({ status: 'skipped', reason: 'ignore' })
  const many = list(...Array.from({ length: 20 }, (_, index) => `${'a'.repeat(40 + index)}!`))
  const ran = await runHere(['releases', '--tags', many, '--scheme', 'regex:^(?<n>(a+)+)$'], {
    cwd: folder.path,
  })
  expect([ran.code, ran.err]).toEqual([2, expect.stringContaining('takes too long')])
})

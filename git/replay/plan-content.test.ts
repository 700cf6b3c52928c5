import { execFileSync } from 'node:child_process'
import { chmodSync, symlinkSync } from 'node:fs'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Oid } from '../../domain/patch.ts'
import { carryEverything } from '../stack/policy.ts'
import { makeFolder, makeRepo, numberedLines, type TestFolder, type TestRepo } from '../testing.ts'
import { makePlan, type Plan, type PlanInput } from './plan.ts'

let folder: TestFolder
let repo: TestRepo
const committer = { name: 'Undrift', email: 'undrift@example.org' }

beforeEach(() => {
  folder = makeFolder()
  repo = makeRepo(`${folder.path}/repo`)
  repo.commit('start', { 'a.txt': numberedLines(40), 'dir/b.txt': numberedLines(40), run: '#!/bin/sh\n' })
  repo.git('branch', 'fork')
})

afterEach(() => folder.remove())

function onFork<T>(work: () => T): T {
  repo.git('checkout', '-q', 'fork')
  const result = work()
  repo.git('checkout', '-q', 'main')
  return result
}

function plan(more: Partial<PlanInput> = {}, keep?: (head: Oid) => Promise<void>): Promise<Plan> {
  const input: PlanInput = {
    head: repo.oid('fork'),
    onto: repo.oid('main'),
    base: null,
    followed: [],
    committer,
    policy: carryEverything,
    onConflict: 'stop',
    ...more,
  }
  return makePlan({ path: `${repo.dir}/.git`, signal: null }, input, keep ? { keep } : {})
}

/** Git with bytes in and out. */
function raw(argv: readonly string[], input?: Buffer): Buffer {
  return execFileSync('git', argv, { cwd: repo.dir, ...(input ? { input } : {}), maxBuffer: 1 << 26 })
}

/** A commit whose tree is made by hand: entries as `mktree` takes them. */
function commitTree(entries: string, parent: string, message = 'by hand'): Oid {
  const tree = raw(['mktree', '-z', '--missing'], Buffer.from(entries, 'latin1')).toString().trim()
  return repo.git('commit-tree', tree, '-p', parent, '-m', message)
}

const blob = (text: string): Oid => raw(['hash-object', '-w', '--stdin'], Buffer.from(text)).toString().trim()

describe('what a patch may carry', () => {
  it('moves modes, symlinks, submodules, renames, binary files, CRLF and strange names', async () => {
    onFork(() => {
      repo.write({
        'a b\tc\nd.txt': 'odd name\n',
        'bin.dat': Uint8Array.from([0, 1, 2, 255, 0]),
        'crlf.txt': 'one\r\ntwo\r\n',
        'lone-cr.txt': 'x\rdiff --git a/x b/x\rindex 1..2\n',
      })
      chmodSync(`${repo.dir}/run`, 0o755)
      symlinkSync('../outside', `${repo.dir}/link`)
      repo.git('add', '-A')
      repo.git('update-index', '--add', '--cacheinfo', `160000,${'1'.repeat(40)},sub`)
      repo.git('mv', 'dir/b.txt', 'dir/moved.txt')
      repo.git('commit', '-qm', 'all kinds')
    })
    repo.commit('upstream', { 'dir/b.txt': numberedLines(40, { 20: 'theirs' }), 'u.txt': 'u\n' })
    const result = await plan({}, async (head) => void repo.git('update-ref', 'refs/heads/kept', head))
    expect(result.patches.map((patch) => patch.verdict)).toEqual(['unchanged'])
    expect(result.patches[0]?.paths).toContain('a b\tc\nd.txt')
    const listed = repo
      .git('ls-tree', '-r', '-z', 'kept')
      .split('\0')
      .map((row) => row.replace(/ [0-9a-f]{40}\t/, ' '))
    expect(listed).toEqual(
      expect.arrayContaining([
        '100755 blob run',
        '120000 blob link',
        '160000 commit sub',
        '100644 blob a b\tc\nd.txt',
      ]),
    )
    expect(repo.git('show', 'kept:dir/moved.txt')).toContain('theirs')
    expect(raw(['cat-file', 'blob', 'kept:crlf.txt']).toString()).toBe('one\r\ntwo\r\n')
    expect(raw(['cat-file', 'blob', 'kept:bin.dat'])).toEqual(Buffer.from([0, 1, 2, 255, 0]))
  })

  it('names a path that is not UTF-8 by its bytes', async () => {
    const tree = raw(['ls-tree', '-z', 'fork']).toString('latin1')
    const head = commitTree(`${tree}100644 blob ${blob('x\n')}\tna\xefve 50%\0`, repo.oid('fork'))
    repo.commit('upstream', { 'u.txt': 'u\n' })
    const result = await plan({ head })
    expect(result.patches[0]).toMatchObject({
      verdict: 'unchanged',
      paths: ['na%EFve 50%25'],
      encodedPaths: true,
    })
  })

  it('keeps author, date, message and encoding byte for byte, and reports a lost signature', async () => {
    const tree = onFork(() => {
      repo.commit('x', { 'x.txt': 'x\n' })
      return repo.oid('HEAD^{tree}')
    })
    const body = [
      `tree ${tree}`,
      `parent ${repo.oid('main')}`,
      'author J\xf6rg <j@example.org> 1234567890 +0545',
      'committer C <c@example.org> 1234567890 -0330',
      'gpgsig -----BEGIN PGP SIGNATURE-----',
      ' ',
      ' abc',
      ' -----END PGP SIGNATURE-----',
      'encoding ISO-8859-1',
      '',
      '  \xfcber\n\n\nbody without an end',
    ].join('\n')
    const written = raw(
      ['hash-object', '-t', 'commit', '-w', '--stdin', '--literally'],
      Buffer.from(body, 'latin1'),
    )
    repo.commit('upstream', { 'u.txt': 'u\n' })
    let kept = ''
    const result = await plan({ head: written.toString().trim() }, async (head) => {
      kept = head
    })
    expect(result.patches[0]).toMatchObject({
      subject: repo.git('log', '-1', '--format=%s', written.toString().trim()),
      author: { name: 'Jörg' },
      lost: ['signature'],
    })
    const commit = raw(['cat-file', 'commit', kept]).toString('latin1')
    expect(commit).toContain('\nauthor J\xf6rg <j@example.org> 1234567890 +0545\n')
    expect(commit).toContain('\nencoding ISO-8859-1\n\n  \xfcber\n\n\nbody without an end')
    expect(commit).not.toContain('gpgsig')
    const date = repo.git('log', '-1', '--format=%cd', '--date=raw', 'main')
    expect(commit).toContain(`\ncommitter Undrift <undrift@example.org> ${date}\n`)
  })

  it.each([
    ['modify/delete', { 'a.txt': numberedLines(40, { 3: 'ours' }) }, { 'a.txt': null }],
    ['add/add', { n: 'ours\n' }, { n: 'theirs\n' }],
    ['binary', { 'a.txt': '\0ours' }, { 'a.txt': '\0theirs' }],
    ['directory/file', { n: 'ours\n' }, { 'n/file': 'theirs\n' }],
    [
      'content',
      { 'a.txt': numberedLines(40, { 3: 'ours' }) },
      { 'a.txt': numberedLines(40, { 3: 'theirs' }) },
    ],
  ] as const)('names a conflict of the kind %s', async (kind, ours, theirs) => {
    onFork(() => repo.commit('ours', ours))
    repo.commit('theirs', theirs)
    const result = await plan()
    expect(result.patches[0]?.conflict?.paths.map((path) => path.kind)).toContain(kind)
    expect(JSON.stringify(result.patches[0]?.conflict)).not.toContain('~')
  })

  it('names a conflict of submodules, and of renames', async () => {
    const addSub = (oid: string) => {
      repo.git('update-index', '--add', '--cacheinfo', `160000,${oid.repeat(40)},sub`)
      repo.git('commit', '-qm', 'sub')
    }
    onFork(() => {
      addSub('1')
      repo.git('mv', 'a.txt', 'ours.txt')
      repo.git('commit', '-qm', 'moves a')
    })
    repo.git('mv', 'a.txt', 'theirs.txt')
    repo.git('commit', '-qm', 'moves a, too')
    addSub('2')
    const kinds = (await plan({ onConflict: 'forecast' })).patches.map(
      (patch) => patch.conflict?.paths[0]?.kind,
    )
    expect(kinds).toEqual(['submodule', 'rename/rename'])
  })

  it('names a conflict in what all sides have and that is no file: a submodule, a symlink', async () => {
    const set = (entry: string) => {
      repo.git('update-index', '--add', '--cacheinfo', entry)
      repo.git('commit', '-qm', entry)
    }
    const sub = (digit: string) => set(`160000,${digit.repeat(40)},sub`)
    const link = (target: string) => set(`120000,${blob(target)},link`)
    sub('1')
    link('a.txt')
    repo.git('branch', '-f', 'fork', 'main')
    onFork(() => {
      sub('2')
      sub('3')
      link('b.txt')
    })
    sub('4')
    sub('5')
    link('c.txt')
    const stopped = await plan()
    expect(stopped.patches[0]?.conflict).toMatchObject({ paths: [{ path: 'sub', kind: 'submodule' }] })
    const all = await plan({ onConflict: 'forecast' })
    expect(all.patches.map(({ verdict }) => verdict)).toEqual(['conflict', 'unchanged', 'conflict'])
  })

  it.each(['.git', '.GIT', 'git~1', '..', '.', '.git ', '.g\xe2\x80\x8cit'])(
    'refuses a tree with the entry %j',
    async (name) => {
      const inner = raw(['mktree', '-z'], Buffer.from(`100644 blob ${blob('x')}\tconfig\0`))
        .toString()
        .trim()
      const tree = raw(['ls-tree', '-z', 'fork']).toString('latin1')
      const head = commitTree(`${tree}040000 tree ${inner}\t${name}\0`, repo.oid('fork'))
      repo.commit('upstream', { 'u.txt': 'u\n' })
      await expect(plan({ head })).rejects.toMatchObject({ code: 'UNDRIFT_E_STACK', exitCode: 2 })
      await expect(plan({ onto: head, head: repo.oid('main') })).rejects.toMatchObject({ exitCode: 2 })
    },
  )

  it('names a shallow history and refuses grafts', async () => {
    onFork(() => {
      repo.commit('one', { 'x.txt': '1\n' })
      repo.commit('two', { 'x.txt': '2\n' })
    })
    repo.commit('upstream', { 'u.txt': 'u\n' })
    repo.git(
      'clone',
      '-q',
      '--bare',
      '--depth=1',
      '--no-single-branch',
      `file://${repo.dir}`,
      `${folder.path}/shallow`,
    )
    const input: PlanInput = {
      head: repo.oid('fork'),
      onto: repo.oid('main'),
      base: null,
      followed: [],
      committer,
      policy: carryEverything,
      onConflict: 'stop',
    }
    const source = { path: `${folder.path}/shallow`, signal: null }
    await expect(makePlan(source, input)).rejects.toMatchObject({
      code: 'UNDRIFT_E_STACK',
      message: expect.stringContaining('shallow'),
    })
    repo.write({ '.git/info/grafts': `${repo.oid('fork')}\n` })
    await expect(plan()).rejects.toMatchObject({ message: expect.stringContaining('grafts') })
  })

  it('does not follow replace refs', async () => {
    onFork(() => repo.commit('one', { 'x.txt': '1\n' }))
    repo.commit('upstream', { 'u.txt': 'u\n' })
    const before = await plan()
    onFork(() => repo.git('replace', repo.oid('fork'), repo.oid('main')))
    expect(await plan({ head: before.head })).toEqual(before)
  })
})

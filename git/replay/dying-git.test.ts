import { execFileSync } from 'node:child_process'
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { UndriftError } from '../../domain/errors.ts'
import { takeConflict } from '../conflict/conflict-take.ts'
import { openConflict } from '../conflict/conflict-tree.ts'
import { openMirror } from '../mirror/mirror.ts'
import { fetchRefs } from '../mirror/remote.ts'
import { atLeast, gitVersion } from '../process/version.ts'
import { readStack } from '../stack/stack.ts'
import { makeFolder, makeRepo, numberedLines, openRepo, type TestFolder, type TestRepo } from '../testing.ts'
import type { Mirror, ReplayInput } from '../types.ts'
import { deathOf } from './dying-git.ts'
import { replay } from './replay.ts'

const isMended = atLeast(await gitVersion(), 2, 51)
const path = process.env.PATH
let folder: TestFolder
let repo: TestRepo
let mirror: Mirror
beforeEach(async () => {
  folder = makeFolder()
  repo = makeRepo(join(folder.path, 'repo'))
  mirror = await openMirror({ path: join(folder.path, 'mirror.git') })
})
afterEach(() => {
  process.env.PATH = path
  folder.remove()
})

const [hello, x, p] = ['hello', 'x', 'p'].map(
  (word) => `${word}\n`.repeat(3) + numberedLines(20, { 1: word }),
)

/** A stack whose middle patch moves a file into a folder that upstream moved to where the file was. */
async function stackOf(
  upstream: Record<string, string | null>,
  patch: Record<string, string | null>,
): Promise<ReplayInput> {
  const base = repo.commit('base', {
    'tools/hello': hello ?? '',
    X: x ?? '',
    P: p ?? '',
    n: numberedLines(9),
  })
  const onto = repo.commit('upstream moves on', { 'tools/hello': null, hello: hello ?? '', ...upstream })
  repo.git('checkout', '-q', '-b', 'fork', base)
  repo.commit('First', { n: numberedLines(9, { 2: 'first' }) })
  repo.commit('Move into tools', patch)
  const head = repo.commit('Last', { n: numberedLines(9, { 2: 'first', 8: 'last' }) })
  const access = { remote: { name: 'o', url: repo.dir, token: null }, secret: null }
  await fetchRefs(mirror, access, ['+refs/heads/*:refs/source/heads/*'])
  const stack = await readStack(mirror, { head, onto })
  return {
    stack,
    onto,
    committer: { name: 'Undrift', email: 'u@example.org' },
    attempt: 'maintain/f/main/v2',
  }
}

async function stopped(input: ReplayInput) {
  const result = await replay(mirror, input)
  if (result.kind !== 'conflict') throw new Error('The test expects a conflict.')
  return result
}

describe('a patch in whose merge Git dies', () => {
  it.skipIf(isMended).each([
    ['clean without rename detection', { X: null }, { X: null, 'tools/X': `${x}more\n` }],
    [
      'in conflict without it',
      { X: `${x}ours\n` },
      { X: null, P: null, 'tools/X': p ?? '', 'tools/P': x ?? '' },
    ],
  ])('is named with what Git said, and can be settled: %s', async (_, upstream, patch) => {
    const input = await stackOf(upstream, patch)
    const { at, reports } = await stopped(input)
    expect(at.patch.subject).toBe('Move into tools')
    expect(at.fault).toMatch(/merge-ort\.c:\d+: process_renames: Assertion .* ended by SIGABRT/)
    expect(reports.map(({ verdict }) => verdict)).toEqual(['unchanged', 'conflict', null])
    expect(reports[1]?.reason).toMatch(/^Git died while it merged this patch \(.*newer Git.*Conflicts in /)
    const dir = join(folder.path, 'hands')
    await openConflict(mirror, { conflict: at, dir })
    const work = openRepo(dir)
    for (const name of ['X', 'P', 'tools/X', 'tools/P'])
      work.git('rm', '-q', '--cached', '--ignore-unmatch', name)
    work.write({ X: null, 'tools/X': 'settled\n', 'tools/P': null, P: p ?? '' })
    work.git('add', '-A')
    const taking = { conflict: at, dir, by: 'Grace', attempt: input.attempt, at: '2026-05-04T03:02:01.000Z' }
    expect(await takeConflict(mirror, taking)).toMatchObject({ kind: 'taken' })
    const done = await replay(mirror, input)
    expect(done.reports.map(({ verdict }) => verdict)).toEqual(['unchanged', 'resolved', 'unchanged'])
  })

  it.each([
    ['kill -KILL $$', /ended by SIGKILL/],
    ['kill -SEGV $$', /ended by SIGSEGV/],
    ['exit 137', /it ended with 137/],
    ['echo "fatal: Out of memory, malloc failed" >&2; exit 128', /Out of memory/],
  ])('is named also where the git on the PATH always dies when it merges: %s', async (death, words) => {
    const input = await stackOf({ X: null }, { 'tools/hello': `${hello}more\n`, 'tools/new': 'new\n' })
    const bin = join(folder.path, 'bin')
    mkdirSync(bin)
    const real = execFileSync('sh', ['-c', 'command -v git'], { encoding: 'utf8' }).trim()
    const script = `#!/bin/sh\nfor word; do [ "$word" = merge-tree ] && { ${death}; }; done\nexec ${real} "$@"\n`
    writeFileSync(join(bin, 'git'), script)
    chmodSync(join(bin, 'git'), 0o755)
    process.env.PATH = `${bin}:${path}`
    const { at } = await stopped(input)
    expect(at.patch.subject).toBe('Move into tools')
    expect(at.fault).toMatch(words)
    expect(at.paths.map((each) => each.path)).toEqual(['tools/hello', 'tools/new'])
  })
})

it.each([
  ['ended by SIGABRT', true],
  ['fatal: x\nended by SIGTERM', false],
  ['it ended with 143 and said nothing', false],
  ['it ended with 139 and said nothing', true],
  ['it ended with 128 and said nothing', false],
  ['fatal: unable to read tree 1234', false],
  ['BUG: merge-ort.c:1: cannot happen', true],
])('tells a death from an answer: %s', (words, isDeath) => {
  const error = new UndriftError('UNDRIFT_E_GIT', `git merge-tree failed: ${words}`)
  expect(deathOf(error) !== null).toBe(isDeath)
  expect(deathOf(new UndriftError('UNDRIFT_E_DISK', error.message))).toBeNull()
})

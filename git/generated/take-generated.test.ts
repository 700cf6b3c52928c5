import { execFileSync } from 'node:child_process'
import { chmodSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { globMatcher } from '../../domain/glob.ts'
import { checkOut } from '../conflict/checkout.ts'
import { makeFolder, makeRepo, openRepo, type TestFolder, type TestRepo } from '../testing.ts'
import type { Mirror } from '../types.ts'
import { importMadeTree, packMadeTree } from './made-pack.ts'
import { type NotedWorkTree, noteWorkTree, takeGenerated } from './take-generated.ts'

let folder: TestFolder
let repo: TestRepo
let mirror: Mirror
let noted: NotedWorkTree
let work: TestRepo

beforeEach(async () => {
  folder = makeFolder()
  repo = makeRepo(`${folder.path}/repo`)
  repo.commit('start', {
    lock: 'lock\n',
    src: 'src\n',
    'gen/a': 'a\n',
    'gen/b': 'b\n',
    crlf: 'one\ntwo\n',
    '.gitattributes': 'crlf text eol=crlf\n',
    '.gitignore': 'node_modules\n',
  })
  mirror = { path: `${repo.dir}/.git`, signal: null }
  const dir = join(folder.path, 'work')
  await checkOut(mirror, repo.oid('main'), dir)
  noted = await noteWorkTree(dir)
  work = openRepo(dir)
})

afterEach(() => folder.remove())

function take(pattern = '{lock,gen/**,crlf}') {
  const fits = pattern.slice(1, -1).split(',').map(globMatcher)
  return takeGenerated(mirror, {
    noted,
    head: repo.oid('main'),
    isGenerated: (path) => fits.some((one) => one(path)),
  })
}

async function changes(): Promise<readonly string[]> {
  const taken = await take()
  if (taken.kind !== 'taken') throw new Error(taken.why)
  return repo.git('diff-tree', '-r', '--name-status', 'main', taken.tree).split('\n').filter(Boolean)
}

describe('generated files in a work tree', () => {
  it('are taken whether they changed, came or went, with their modes', async () => {
    work.write({ lock: 'made\n', 'gen/a': null, 'gen/new/c': 'c\n' })
    chmodSync(join(work.dir, 'gen/b'), 0o755)
    expect(await changes()).toEqual(['D\tgen/a', 'M\tgen/b', 'A\tgen/new/c', 'M\tlock'])
  })

  it('are the same tree where nothing changed', async () => {
    expect(await take()).toEqual({
      kind: 'taken',
      tree: repo.oid('main^{tree}'),
      outside: { paths: [], count: 0 },
    })
  })

  it('are taken alone: what else was changed is named and stays, and what Git ignores is not named', async () => {
    work.write({ lock: 'made\n', src: 'changed\n', other: 'x\n', 'node_modules/x': 'x\n' })
    const taken = await take()
    expect(taken).toMatchObject({ outside: { paths: ['other', 'src'], count: 2 } })
    expect(await changes()).toEqual(['M\tlock'])
  })

  it('are noticed although their size is that of before', async () => {
    work.write({ lock: 'kcol\n' })
    expect(await changes()).toEqual(['M\tlock'])
  })

  it('are taken with line ends as Git stores them', async () => {
    work.write({ crlf: 'one\r\ntwo\r\nthree\r\n' })
    const taken = await take()
    expect(taken.kind === 'taken' && repo.git('cat-file', 'blob', `${taken.tree}:crlf`)).toBe(
      'one\ntwo\nthree',
    )
  })

  it.each([
    [
      'a symlink',
      () => symlinkSync('/etc/passwd', join(work.dir, 'gen/link')),
      'gen/link is a symbolic link',
    ],
    [
      'a file behind a symlink',
      () => {
        rmSync(join(work.dir, 'gen'), { recursive: true })
        mkdirSync(join(folder.path, 'out'))
        writeFileSync(join(folder.path, 'out', 'a'), 'secret\n')
        symlinkSync(join(folder.path, 'out'), join(work.dir, 'gen'))
      },
      'gen/a is behind a symbolic link',
    ],
    ['a folder', () => replace('lock', () => work.write({ 'lock/x': 'x\n' })), 'lock is a folder'],
    ['a named pipe', () => replace('lock', () => mkfifo('lock')), 'lock is no regular file'],
  ])('are refused where one is %s', async (_, make, why) => {
    make()
    expect(await take()).toEqual({ kind: 'refused', why: expect.stringContaining(why) })
  })

  it('never take the place of a file that no pattern names', async () => {
    work.write({ src: null })
    work.write({ 'src/gen': 'x\n' })
    expect(await take('{src/*}')).toEqual({
      kind: 'refused',
      why: expect.stringContaining('in the way of src'),
    })
  })

  it('are taken by the index of before, whatever became of `.git`', async () => {
    work.write({ lock: 'made\n' })
    rmSync(join(work.dir, '.git'), { recursive: true })
    mkdirSync(join(work.dir, '.git'))
    writeFileSync(join(work.dir, '.git/config'), '[core]\n\tfsmonitor = "touch /tmp/never"\n')
    expect(await changes()).toEqual(['M\tlock'])
  })

  it('travel in a pack to a machine that has only the commit, and a broken one is refused', async () => {
    const lines = Array.from({ length: 5000 }, (_, index) => `line ${index * 7919}\n`)
    repo.commit('long', { lock: lines.join('') })
    work.git('fetch', '-q', repo.dir, 'main')
    work.git('checkout', '-q', '-f', repo.oid('main'))
    noted = await noteWorkTree(work.dir)
    work.write({ lock: [...lines, 'more\n'].join('') })
    const taken = await take()
    if (taken.kind !== 'taken') throw new Error(taken.why)
    const made = { tree: taken.tree, head: repo.oid('main') }
    const pack = await packMadeTree(mirror, made)
    expect(pack?.length).toBeLessThan(1000)
    expect(await packMadeTree(mirror, made)).toBe(pack)
    const there = makeRepo(`${folder.path}/there`)
    there.git('fetch', '-q', repo.dir, 'main')
    const other = { path: `${there.dir}/.git`, signal: null }
    const broken = { ...made, pack: `${pack?.slice(0, 40)}` }
    await expect(importMadeTree(other, broken)).rejects.toMatchObject({ code: 'UNDRIFT_E_INTEGRITY' })
    await importMadeTree(other, { ...made, pack: pack ?? '' })
    expect(there.git('cat-file', 'blob', `${made.tree}:lock`)).toContain('more')
  })
})

function replace(path: string, make: () => void): void {
  work.write({ [path]: null })
  make()
}

function mkfifo(path: string): void {
  execFileSync('mkfifo', [join(work.dir, path)])
}

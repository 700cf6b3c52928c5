import { execFileSync, spawnSync } from 'node:child_process'
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openMirror } from '../mirror/mirror.ts'
import { fetchRefs } from '../mirror/remote.ts'
import { runGit } from '../process/command.ts'
import { makeFolder, makeRepo, openRepo, type TestFolder, type TestRepo } from '../testing.ts'
import type { Mirror } from '../types.ts'
import { checkOut } from './checkout.ts'

let folder: TestFolder
let source: TestRepo
let mirror: Mirror
let dir: string
beforeEach(async () => {
  folder = makeFolder()
  source = makeRepo(join(folder.path, 'source'))
  mirror = await openMirror({ path: join(folder.path, 'mirror.git') })
  dir = join(folder.path, 'verify', 'tree')
})
afterEach(() => folder.remove())

async function fetch(): Promise<void> {
  const access = { remote: { name: 'o', url: source.dir, token: null }, secret: null }
  await fetchRefs(mirror, access, ['refs/heads/*:refs/upstream/heads/*', 'refs/tags/*:refs/upstream/tags/*'])
}

describe('checkOut', () => {
  it('makes the commit’s files, modes and links, with a git folder that knows where it stands and nothing else', async () => {
    source.write({ 'bin/run': '#!/bin/sh\n', 'a b\nc': 'x' })
    chmodSync(join(source.dir, 'bin/run'), 0o755)
    symlinkSync('bin/run', join(source.dir, 'link'))
    source.commit('one')
    source.git('tag', '-a', '-m', 'one', 'v1')
    const two = source.commit('two', { file: '2' })
    await fetch()
    await checkOut(mirror, two, dir)
    expect(readdirSync(dir).sort()).toEqual(['.git', 'a b\nc', 'bin', 'file', 'link'])
    expect(lstatSync(join(dir, 'bin/run')).mode & 0o111).toBe(0o111)
    expect(lstatSync(join(dir, 'link')).isSymbolicLink()).toBe(true)
    const work = openRepo(dir)
    expect(work.git('status', '--porcelain')).toBe('')
    expect(work.git('describe')).toBe(`v1-1-g${two.slice(0, 7)}`)
    expect(work.git('rev-parse', '--abbrev-ref', 'HEAD')).toBe('HEAD')
  })

  it('leaves neither remotes nor hooks nor credentials in the git folder', async () => {
    const one = source.commit('one', { file: '1' })
    await fetch()
    await checkOut(mirror, one, dir)
    expect(readdirSync(join(dir, '.git')).sort()).toEqual([
      'HEAD',
      'config',
      'index',
      'objects',
      'packed-refs',
      'refs',
    ])
    expect(readFileSync(join(dir, '.git', 'config'), 'utf8')).not.toMatch(/remote|credential|http/)
  })

  it('lets git look and write nothing where the git folder is read-only', async () => {
    const one = source.commit('one', { file: '1' })
    await fetch()
    await checkOut(mirror, one, dir)
    writeFileSync(join(dir, 'file'), 'changed')
    execFileSync('chmod', ['-R', 'a-w', join(dir, '.git')])
    expect(openRepo(dir).git('status', '--porcelain')).toBe(' M file')
  })

  it('throws away what was there, half-made or whole', async () => {
    const one = source.commit('one', { file: '1' })
    await fetch()
    mkdirSync(join(dir, 'old'), { recursive: true })
    mkdirSync(`${dir}.1234.making`)
    await checkOut(mirror, one, dir)
    expect(readdirSync(join(folder.path, 'verify'))).toEqual(['tree'])
    expect(existsSync(join(dir, 'old'))).toBe(false)
  })

  it('honours the tree’s attributes and runs no filter that they name', async () => {
    const one = source.commit('one', {
      '.gitattributes': '*.txt eol=crlf\n*.bin filter=lfs\n',
      'a.txt': 'x\n',
      'b.bin': 'pointer\n',
    })
    await fetch()
    await checkOut(mirror, one, dir)
    expect(readFileSync(join(dir, 'a.txt'), 'utf8')).toBe('x\r\n')
    expect(readFileSync(join(dir, 'b.bin'), 'utf8')).toBe('pointer\n')
  })

  it.each([
    ['/dev/null', 'link'],
    ['/etc/passwd', 'deep/link'],
    ['../../../../x', 'deep/link'],
    ['..', 'link'],
    ['no/such/thing', 'link'],
    ['link', 'link'],
  ])('makes a symlink to %s as upstream has it', async (target, path) => {
    mkdirSync(join(source.dir, 'deep'))
    symlinkSync(target, join(source.dir, path))
    const one = source.commit('one', { file: '1' })
    await fetch()
    await checkOut(mirror, one, dir)
    expect(readlinkSync(join(dir, path))).toBe(target)
    expect(openRepo(dir).git('status', '--porcelain')).toBe('')
  })

  it('has the objects that its commit reaches, and none of another fork', async () => {
    source.commit('one', { file: '1' })
    source.git('tag', '-a', '-m', 'one', 'v1')
    source.git('checkout', '-q', '-b', 'theirs')
    const theirs = source.commit('another fork’s', { secret: 'private line of another fork' })
    source.git('tag', 'v1-theirs')
    source.git('checkout', '-q', 'main')
    const ours = source.commit('ours', { file: '2' })
    await fetch()
    await checkOut(mirror, ours, dir)
    const work = openRepo(dir)
    for (const object of [theirs, `${theirs}:secret`])
      expect(() => work.git('cat-file', '-p', object)).toThrow()
    expect(work.git('tag')).toBe('v1')
    expect(work.git('show', 'HEAD~1:file')).toBe('1')
    expect(work.git('fsck', '--full', '--strict')).toBe('')
    expect(existsSync(join(dir, '.git', 'objects', 'info', 'alternates'))).toBe(false)
    expect(spawnSync('grep', ['-rqF', mirror.path, dir]).status).toBe(1)
  })

  it('has the newest part of a long history, whole in itself', async () => {
    source.commit('first', { file: '1' })
    const stream = Array.from(
      { length: 700 },
      (_, index) =>
        `commit refs/heads/long\ncommitter A <a@b> ${1_700_000_000 + index} +0000\ndata 1\nx\n` +
        `${index === 0 ? `from ${source.oid('main')}\n` : ''}M 100644 inline file\ndata <<END\n${index}\nEND\n\n`,
    )
    execFileSync('git', ['fast-import', '--quiet'], { cwd: source.dir, input: stream.join('') })
    const head = source.oid('long')
    source.git('tag', '-a', '-m', 'nine', 'v9', `${head}~30`)
    await fetch()
    await checkOut(mirror, head, dir)
    const work = openRepo(dir)
    expect(work.git('rev-list', '--count', 'HEAD')).toBe('500')
    expect(work.git('describe')).toBe(`v9-30-g${head.slice(0, 7)}`)
    expect(work.git('log', '-p', '--format=%h')).toContain('+250')
    expect(work.git('fsck', '--full')).toBe('')
    expect(work.git('status', '--porcelain')).toBe('')
  })

  it.each(['.git', '.GIT', 'git~1', '..', '.'])('refuses a tree with %j in it', async (name) => {
    const blob = source.git('hash-object', '-w', join('/dev', 'null'))
    const inner = (await make(`100644 blob ${blob}\tconfig\n`)).trim()
    const outer = (await make(`040000 tree ${inner}\t${name}\n`)).trim()
    const commit = source.git('commit-tree', '-m', 'hostile', outer)
    const objects = { path: join(source.dir, '.git'), signal: null }
    await expect(checkOut(objects, commit, dir)).rejects.toMatchObject({
      code: 'UNDRIFT_E_STACK',
      message: expect.stringContaining(`"${name}/config"`),
    })
    expect(existsSync(join(dir, '..', 'config'))).toBe(false)
  })

  async function make(lines: string): Promise<string> {
    return (await runGit({ cwd: source.dir }, ['mktree'], { stdin: lines })).stdout.toString()
  }
})

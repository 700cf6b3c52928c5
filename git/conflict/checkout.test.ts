import { execFileSync } from 'node:child_process'
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
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
    const made = await checkOut(mirror, two, dir)
    expect(made).toEqual({ dir, objects: join(mirror.path, 'objects') })
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
    ['/etc/passwd', 'link'],
    ['../../x', 'deep/link'],
    ['..', 'link'],
  ])('refuses a symlink to %s, by name, and leaves nothing behind', async (target, path) => {
    mkdirSync(join(source.dir, 'deep'))
    symlinkSync(target, join(source.dir, path))
    const one = source.commit('one')
    await fetch()
    await expect(checkOut(mirror, one, dir)).rejects.toMatchObject({
      code: 'UNDRIFT_E_STACK',
      message: expect.stringContaining(`"${path}"`),
    })
    expect(readdirSync(join(folder.path, 'verify'))).toEqual([])
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

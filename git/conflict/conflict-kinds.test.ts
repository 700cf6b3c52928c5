import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { readResolution } from '../resolutions/resolutions.ts'
import { numberedLines, openRepo } from '../testing.ts'
import { type ConflictScene, makeConflictScene } from './conflict-testing.ts'
import { openConflict } from './conflict-tree.ts'

let scene: ConflictScene
beforeEach(async () => {
  scene = await makeConflictScene()
})
afterEach(() => scene.remove())

describe('takeConflict', () => {
  it('takes a text that speaks of markers itself', async () => {
    const guide = (line: string) => `${numberedLines(5)}<<<<<<< here\n${line}\n=======\n>>>>>>> there\n`
    const met = await scene.clash({ guide: guide('a') }, { guide: guide('b') }, { guide: guide('c') })
    await openConflict(scene.mirror, { conflict: met.conflict, dir: scene.dir })
    expect(await scene.take(met.conflict)).toMatchObject({ kind: 'unsettled' })
    writeFileSync(join(scene.dir, 'guide'), guide('d'))
    expect(await scene.take(met.conflict)).toMatchObject({ kind: 'taken' })
    expect(await scene.settledFiles(met)).toEqual({ guide: guide('d') })
  })

  it.each([
    ['add', 'mine\n', { file: 'mine\n', o: '' }],
    ['rm', null, { o: '' }],
  ] as const)('has a modify/delete settled by `git %s`', async (word, kept, expected) => {
    const met = await scene.clash({ file: 'a\n', o: '' }, { file: 'mine\n' }, { file: null })
    expect(met.conflict.paths).toMatchObject([{ path: 'file', kind: 'modify/delete' }])
    await openConflict(scene.mirror, { conflict: met.conflict, dir: scene.dir })
    expect(readFileSync(join(scene.dir, 'file'), 'utf8')).toBe('mine\n')
    const why = expect.stringContaining('choice')
    expect(await scene.take(met.conflict)).toEqual({ kind: 'unsettled', paths: [{ path: 'file', why }] })
    openRepo(scene.dir).git(word, 'file')
    expect(await scene.take(met.conflict)).toMatchObject({ kind: 'taken' })
    expect(await scene.settledFiles(met)).toEqual(expected)
    expect(kept === null).toBe(!existsSync(join(scene.dir, 'file')))
  })

  it('has a binary conflict settled by a choice', async () => {
    const bytes = (last: number) => new Uint8Array([0, 1, 2, 3, 0, 255, last])
    const met = await scene.clash({ image: bytes(1) }, { image: bytes(2) }, { image: bytes(3) })
    await openConflict(scene.mirror, { conflict: met.conflict, dir: scene.dir })
    expect(await scene.take(met.conflict)).toMatchObject({ kind: 'unsettled', paths: [{ path: 'image' }] })
    const work = openRepo(scene.dir)
    work.git('checkout', '--theirs', 'image')
    work.git('add', 'image')
    expect(await scene.take(met.conflict)).toMatchObject({ kind: 'taken' })
    expect(await scene.settledFiles(met)).toEqual({ image: Buffer.from(bytes(2)).toString() })
  })

  it('settles add/add by an edit', async () => {
    const met = await scene.clash({ o: '' }, { file: 'mine\n' }, { file: 'theirs\n' })
    expect(met.conflict.paths).toMatchObject([{ kind: 'add/add' }])
    await openConflict(scene.mirror, { conflict: met.conflict, dir: scene.dir })
    expect(readFileSync(join(scene.dir, 'file'), 'utf8')).toContain('>>>>>>> theirs: Add our thing')
    writeFileSync(join(scene.dir, 'file'), 'both\n')
    expect(await scene.take(met.conflict)).toMatchObject({ kind: 'taken' })
    expect(await scene.settledFiles(met)).toEqual({ o: '', file: 'both\n' })
  })

  it('settles a file against a folder', async () => {
    const met = await scene.clash({ o: '' }, { thing: 'file\n' }, { 'thing/inner': 'folder\n' })
    await openConflict(scene.mirror, { conflict: met.conflict, dir: scene.dir })
    expect(existsSync(join(scene.dir, 'thing/inner'))).toBe(true)
    expect(await scene.take(met.conflict)).toMatchObject({ kind: 'unsettled', paths: [{ path: 'thing' }] })
    const work = openRepo(scene.dir)
    work.write({ 'thing/ours': 'file\n' })
    work.git('rm', '-q', '--cached', 'thing')
    work.git('add', 'thing/ours')
    expect(await scene.take(met.conflict)).toMatchObject({ kind: 'taken' })
    expect(await scene.settledFiles(met)).toEqual({
      o: '',
      'thing/inner': 'folder\n',
      'thing/ours': 'file\n',
    })
  })

  it('settles a rename against a removal', async () => {
    scene.source.commit('base', { old: numberedLines(20) })
    const parent = scene.source.oid('HEAD')
    scene.source.git('checkout', '-q', '-b', 'fork')
    renameSync(join(scene.source.dir, 'old'), join(scene.source.dir, 'new'))
    const oid = scene.source.commit('Add our thing')
    scene.source.git('checkout', '-q', '-b', 'upstream', parent)
    const met = await scene.meet(parent, oid, scene.source.commit('removed', { old: null, o: '' }))
    await openConflict(scene.mirror, { conflict: met.conflict, dir: scene.dir })
    expect(await scene.take(met.conflict)).toMatchObject({ kind: 'unsettled' })
    openRepo(scene.dir).git('add', '-A')
    expect(await scene.take(met.conflict)).toMatchObject({ kind: 'taken' })
    expect(await scene.settledFiles(met)).toEqual({ o: '', new: numberedLines(20) })
  })

  it('settles symlinks by a choice', async () => {
    const link = (target: string) => {
      rmSync(join(scene.source.dir, 'link'), { force: true })
      symlinkSync(target, join(scene.source.dir, 'link'))
    }
    link('a')
    scene.source.commit('base', { a: '', b: '', c: '' })
    const parent = scene.source.oid('HEAD')
    scene.source.git('checkout', '-q', '-b', 'fork')
    link('b')
    const oid = scene.source.commit('Add our thing')
    scene.source.git('checkout', '-q', '-b', 'upstream', parent)
    link('c')
    const met = await scene.meet(parent, oid, scene.source.commit('upstream moves on'))
    await openConflict(scene.mirror, { conflict: met.conflict, dir: scene.dir })
    expect(await scene.take(met.conflict)).toMatchObject({ kind: 'unsettled' })
    const work = openRepo(scene.dir)
    work.git('checkout', '--theirs', 'link')
    work.git('add', 'link')
    expect(await scene.take(met.conflict)).toMatchObject({ kind: 'taken' })
    expect(await scene.settledFiles(met)).toMatchObject({ link: '120000 b' })
  })

  it('keeps names with spaces, newlines and bytes that are not UTF-8', async () => {
    const met = await scene.clash({ 'a b\nc': '1\n' }, { 'a b\nc': '2\n' }, { 'a b\nc': '3\n' })
    await openConflict(scene.mirror, { conflict: met.conflict, dir: scene.dir })
    writeFileSync(join(scene.dir, 'a b\nc'), '4\n')
    expect(await scene.take(met.conflict)).toMatchObject({ kind: 'taken' })
    expect(await scene.settledFiles(met)).toEqual({ 'a b\nc': '4\n' })
  })

  it('takes a name that is not UTF-8', async () => {
    const name = Buffer.concat([Buffer.from(`${scene.source.dir}/`), Buffer.from([0x66, 0xe9])])
    writeFileSync(name, '1\n')
    scene.source.commit('base')
    const parent = scene.source.oid('HEAD')
    scene.source.git('checkout', '-q', '-b', 'fork')
    writeFileSync(name, '2\n')
    const oid = scene.source.commit('Add our thing')
    scene.source.git('checkout', '-q', '-b', 'upstream', parent)
    writeFileSync(name, '3\n')
    const met = await scene.meet(parent, oid, scene.source.commit('upstream moves on'))
    expect(met.conflict.paths).toMatchObject([{ path: 'f%E9' }])
    await openConflict(scene.mirror, { conflict: met.conflict, dir: scene.dir })
    expect(await scene.take(met.conflict)).toMatchObject({ kind: 'unsettled', paths: [{ path: 'f%E9' }] })
    writeFileSync(Buffer.concat([Buffer.from(`${scene.dir}/`), Buffer.from([0x66, 0xe9])]), '4\n')
    const taken = await scene.take(met.conflict)
    if (taken.kind !== 'taken') throw new Error('not taken')
    expect((await readResolution(scene.mirror, taken.resolution))?.paths[0]?.path).toBe('f\xe9')
  })

  it('goes by the attributes of the tree when it takes line endings', async () => {
    const met = await scene.clash(
      { file: 'a\n', '.gitattributes': '* text eol=crlf\n' },
      { file: 'b\n' },
      { file: 'c\n' },
    )
    await openConflict(scene.mirror, { conflict: met.conflict, dir: scene.dir })
    expect(readFileSync(join(scene.dir, 'file'), 'utf8')).toContain('\r\n')
    writeFileSync(join(scene.dir, 'file'), 'd\r\n')
    expect(await scene.take(met.conflict)).toMatchObject({ kind: 'taken' })
    expect(await scene.settledFiles(met)).toMatchObject({ file: 'd\n' })
  })
})

it('has a submodule settled by the commands that it names', async () => {
  const { source } = scene
  source.commit('base', { o: '' })
  const sub = (digit: string) => {
    source.git('update-index', '--add', '--cacheinfo', `160000,${digit.repeat(40)},a sub`)
    source.git('commit', '-qm', digit)
    return source.oid('HEAD')
  }
  const parent = sub('1')
  const oid = sub('2')
  source.git('checkout', '-q', '-b', 'upstream', parent)
  const met = await scene.meet(parent, oid, sub('3'))
  await openConflict(scene.mirror, { conflict: met.conflict, dir: scene.dir })
  const taken = await scene.take(met.conflict)
  const why = taken.kind === 'unsettled' ? (taken.paths[0]?.why ?? '') : ''
  const commands = [...why.matchAll(/`(.*?)`/g)].map((match) => match[1] ?? '')
  const choice = (digit: string) => `git update-index --cacheinfo 160000,${digit.repeat(40)},'a sub'`
  expect(commands).toEqual([choice('3'), choice('2'), "git rm --cached 'a sub'"])
  for (const [command, settled] of [
    [commands[2] ?? '', null],
    [commands[1] ?? '', { mode: '160000', oid: '2'.repeat(40) }],
  ] as const) {
    rmSync(scene.dir, { recursive: true })
    await openConflict(scene.mirror, { conflict: met.conflict, dir: scene.dir })
    execFileSync('sh', ['-c', command], { cwd: scene.dir })
    const result = await scene.take(met.conflict)
    if (result.kind !== 'taken') throw new Error('It was not taken.')
    const record = await readResolution(scene.mirror, result.resolution)
    expect(record?.paths).toMatchObject([{ path: 'a sub', settled }])
  }
})

import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openRepo } from '../testing.ts'
import { type Clash, type ConflictScene, makeConflictScene } from './conflict-testing.ts'
import { openConflict } from './conflict-tree.ts'

let scene: ConflictScene
beforeEach(async () => {
  scene = await makeConflictScene()
})
afterEach(() => scene.remove())

const attributes = '*.bin filter=lfs diff=lfs merge=lfs -text\n'

function pointer(digit: string): string {
  return `version https://git-lfs.github.com/spec/v1\noid sha256:${digit.repeat(64)}\nsize 12345\n`
}

/** A stand-in for Git LFS as a person has it installed: what lies on the disk has a line more than what Git stores. */
function git(...argv: readonly string[]): string {
  return openRepo(scene.dir).git(
    ...['-c', 'filter.lfs.required=true', '-c', 'filter.lfs.smudge=echo RAW; cat'],
    ...['-c', 'filter.lfs.clean=sed /^RAW$/d'],
    ...argv,
  )
}

async function open(met: Clash): Promise<void> {
  await openConflict(scene.mirror, { conflict: met.conflict, dir: scene.dir })
}

function pointers(more: Record<string, string> = {}): Promise<Clash> {
  const base = { '.gitattributes': attributes, 'p.bin': pointer('a'), ...more }
  return scene.clash(base, { 'p.bin': pointer('b') }, { 'p.bin': pointer('c') })
}

describe('a file that a filter keeps elsewhere', () => {
  it('is taken as the person staged it, whatever lies on the disk', async () => {
    const met = await pointers()
    await open(met)
    git('checkout', '--theirs', 'p.bin')
    git('add', 'p.bin')
    expect(readFileSync(join(scene.dir, 'p.bin'), 'utf8')).toBe(`RAW\n${pointer('b')}`)
    expect(await scene.take(met.conflict)).toMatchObject({ kind: 'taken' })
    expect(await scene.settledFiles(met)).toMatchObject({ 'p.bin': pointer('b') })
  })

  it.each([
    ['edited', pointer('9')],
    ['smudged', `RAW\n${pointer('9')}`],
  ])('is asked about where it was %s and not staged', async (_, content) => {
    const met = await pointers()
    await open(met)
    writeFileSync(join(scene.dir, 'p.bin'), content)
    const why = expect.stringContaining('belongs to the filter `lfs`')
    expect(await scene.take(met.conflict)).toEqual({ kind: 'unsettled', paths: [{ path: 'p.bin', why }] })
    git('add', 'p.bin')
    expect(await scene.take(met.conflict)).toMatchObject({ kind: 'taken' })
    expect(await scene.settledFiles(met)).toMatchObject({ 'p.bin': pointer('9') })
  })

  it('is asked about where it was changed again after it was staged', async () => {
    const met = await pointers()
    await open(met)
    git('checkout', '--theirs', 'p.bin')
    git('add', 'p.bin')
    writeFileSync(join(scene.dir, 'p.bin'), 'something else, of another size')
    expect(await scene.take(met.conflict)).toMatchObject({ kind: 'unsettled', paths: [{ path: 'p.bin' }] })
  })

  it('stays as it is where others of its kind are checked out beside the conflict', async () => {
    const met = await pointers({ 'big.bin': pointer('d'), 'deep/more.bin': pointer('e') })
    await open(met)
    // As `git lfs pull` does.
    for (const name of ['big.bin', 'deep/more.bin']) rmSync(join(scene.dir, name))
    git('checkout', '--', 'big.bin', 'deep/more.bin')
    git('checkout', '--ours', 'p.bin')
    git('add', 'p.bin')
    expect(await scene.take(met.conflict)).toMatchObject({ kind: 'taken' })
    const files = { 'p.bin': pointer('c'), 'big.bin': pointer('d'), 'deep/more.bin': pointer('e') }
    expect(await scene.settledFiles(met)).toMatchObject(files)
  })

  it('is asked about where it lies beside the conflict, was changed, and was not staged', async () => {
    const met = await pointers({ 'big file.bin': pointer('d') })
    await open(met)
    git('checkout', '--ours', 'p.bin')
    git('add', 'p.bin')
    writeFileSync(join(scene.dir, 'big file.bin'), 'new content')
    expect(await scene.take(met.conflict)).toEqual({
      kind: 'unsettled',
      paths: [{ path: 'big file.bin', why: expect.stringContaining("`git add 'big file.bin'`") }],
    })
    git('add', 'big file.bin')
    expect(await scene.take(met.conflict)).toMatchObject({ kind: 'taken' })
    expect(await scene.settledFiles(met)).toMatchObject({ 'big file.bin': 'new content' })
  })

  it('may be removed, and may be named by the attributes of the work tree alone', async () => {
    const met = await scene.clash(
      { 'p.dat': pointer('a') },
      { 'p.dat': pointer('b') },
      { 'p.dat': pointer('c') },
    )
    await open(met)
    mkdirSync(join(scene.dir, '.git', 'info'), { recursive: true })
    writeFileSync(join(scene.dir, '.git', 'info', 'attributes'), '*.dat filter=lfs\n')
    git('checkout', '--theirs', 'p.dat')
    git('add', 'p.dat')
    expect(await scene.take(met.conflict)).toMatchObject({ kind: 'taken' })
    expect(await scene.settledFiles(met)).toMatchObject({ 'p.dat': pointer('b') })
    git('rm', '-q', '-f', 'p.dat')
    expect(await scene.take(met.conflict)).toMatchObject({ kind: 'taken' })
    expect(await scene.settledFiles(met)).not.toHaveProperty('p.dat')
  })

  it('is refused with markers in what was staged', async () => {
    const met = await pointers()
    await open(met)
    openRepo(scene.dir).git('add', 'p.bin')
    const taken = await scene.take(met.conflict)
    expect(taken).toMatchObject({ kind: 'unsettled', paths: [{ why: expect.stringContaining('markers') }] })
  })
})

function utf16(text: string, encoding = 'UTF-16'): Buffer {
  const body = Buffer.from(text, 'utf16le')
  return encoding === 'UTF-16LE' ? body : Buffer.concat([Buffer.from([0xff, 0xfe]), body])
}

describe('a file with an encoding of its own', () => {
  const encoded = (encoding: string) => ({ '.gitattributes': `*.txt working-tree-encoding=${encoding}\n` })
  const clash = async (encoding = 'UTF-16'): Promise<Clash> => {
    const files = (text: string) => ({ 'a.txt': utf16(text, encoding) })
    return scene.clash(
      { ...encoded(encoding), ...files('one\nbase\n') },
      files('one\nours\n'),
      files('one\ntheirs\n'),
    )
  }

  it.each(['UTF-16', 'UTF-16LE'])('is not settled while markers are left in it: %s', async (encoding) => {
    const met = await clash(encoding)
    await open(met)
    const file = join(scene.dir, 'a.txt')
    const left = readFileSync(file)
    expect(left.includes(Buffer.from('<<<<<<<', 'utf16le'))).toBe(true)
    writeFileSync(file, Buffer.concat([left, Buffer.from('more\n', 'utf16le')]))
    const paths = [{ path: 'a.txt', why: 'It still holds conflict markers; edit the file.' }]
    expect(await scene.take(met.conflict)).toEqual({ kind: 'unsettled', paths })
    openRepo(scene.dir).git('add', 'a.txt')
    expect(await scene.take(met.conflict)).toEqual({ kind: 'unsettled', paths })
    writeFileSync(file, utf16('one\nboth\n', encoding))
    openRepo(scene.dir).git('add', 'a.txt')
    expect(await scene.take(met.conflict)).toMatchObject({ kind: 'taken' })
    expect(await scene.settledFiles(met)).toMatchObject({ 'a.txt': 'one\nboth\n' })
  })

  it('is named where it was saved in another one', async () => {
    const met = await clash()
    await open(met)
    writeFileSync(join(scene.dir, 'a.txt'), 'one\nboth\n')
    const why = expect.stringContaining('It cannot be read as UTF-16')
    expect(await scene.take(met.conflict)).toEqual({ kind: 'unsettled', paths: [{ path: 'a.txt', why }] })
  })

  it('is named where it lies beside the conflict, with markers or in another encoding', async () => {
    const base = { ...encoded('UTF-16'), 'side.txt': utf16('side\n'), code: 'base\n' }
    const met = await scene.clash(base, { code: 'ours\n' }, { code: 'theirs\n' })
    await open(met)
    writeFileSync(join(scene.dir, 'code'), 'both\n')
    writeFileSync(join(scene.dir, 'side.txt'), utf16('<<<<<<< ours\na\n=======\nb\n>>>>>>> theirs\n'))
    const marked = expect.stringContaining('markers')
    expect(await scene.take(met.conflict)).toMatchObject({ paths: [{ path: 'side.txt', why: marked }] })
    writeFileSync(join(scene.dir, 'side.txt'), 'plain\n')
    const why = expect.stringContaining('It cannot be read as UTF-16')
    expect(await scene.take(met.conflict)).toEqual({ kind: 'unsettled', paths: [{ path: 'side.txt', why }] })
  })
})

import { chmodSync, existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { git } from '../process/command.ts'
import { replay } from '../replay/replay.ts'
import { readResolution } from '../resolutions/resolutions.ts'
import { readStack } from '../stack/stack.ts'
import { numberedLines, openRepo } from '../testing.ts'
import { type ConflictScene, makeConflictScene } from './conflict-testing.ts'
import { openConflict } from './conflict-tree.ts'

let scene: ConflictScene
beforeEach(async () => {
  scene = await makeConflictScene()
})
afterEach(() => scene.remove())

describe('a replay with a conflict', () => {
  it('goes on from what a person made of it, also where fixups were folded into the patch', async () => {
    const base = scene.source.commit('base', { file: numberedLines(9), other: numberedLines(9) })
    scene.source.git('checkout', '-q', '-b', 'fork')
    scene.source.commit('Ours', { file: numberedLines(9, { 3: 'x' }) })
    scene.source.commit('Second', { other: numberedLines(9, { 2: 'y' }) })
    const head = scene.source.commit('fixup! Ours', { file: numberedLines(9, { 3: 'x', 8: 'xx' }) })
    scene.source.git('checkout', '-q', '-b', 'upstream', base)
    const onto = scene.source.commit('upstream moves on', { file: numberedLines(9, { 8: 'upstream’s' }) })
    await scene.fetchAll()
    const attempt = 'maintain/f/main/v2'
    const stack = await readStack(scene.mirror, { head, onto })
    const input = { stack, onto, committer: { name: 'Undrift', email: 'undrift@example.org' }, attempt }
    const stopped = await replay(scene.mirror, input)
    if (stopped.kind !== 'conflict') throw new Error('The test expects a conflict.')
    await openConflict(scene.mirror, { conflict: stopped.at, dir: scene.dir })
    writeFileSync(join(scene.dir, 'file'), numberedLines(9, { 3: 'x', 8: 'both' }))
    expect(await scene.take(stopped.at)).toMatchObject({ kind: 'taken' })
    const done = await replay(scene.mirror, input)
    if (done.kind !== 'done') throw new Error('The test expects the replay to go on.')
    expect(done.reports.map(({ verdict }) => verdict)).toEqual(['resolved', 'unchanged', 'resolved'])
    const file = await git(scene.mirror, ['cat-file', 'blob', `${done.head}:file`])
    expect(file.stdout).toBe(numberedLines(9, { 3: 'x', 8: 'both' }))
    const elsewhere = await replay(scene.mirror, { ...input, attempt: 'maintain/f/main/v3' })
    expect(elsewhere.reports[0]?.verdict).toBe('reused')
  })
})

describe('takeConflict', () => {
  it('takes an edited file without `git add`, and settles the conflict by it from then on', async () => {
    const met = await scene.content()
    await openConflict(scene.mirror, { conflict: met.conflict, dir: scene.dir })
    expect(await scene.settledFiles(met)).toBeNull()
    writeFileSync(join(scene.dir, 'file'), 'settled\n')
    writeFileSync(join(scene.dir, 'scratch'), 'not added, so not taken')
    expect(await scene.take(met.conflict)).toMatchObject({ kind: 'taken' })
    expect(await scene.settledFiles(met)).toEqual({
      file: 'settled\n',
      other: 'o',
      'new file': 'n',
      gone: 'g',
    })
  })

  it('takes what else was changed, added or removed to make it fit', async () => {
    const met = await scene.content()
    await openConflict(scene.mirror, { conflict: met.conflict, dir: scene.dir })
    const work = openRepo(scene.dir)
    work.write({ file: 'settled\n', other: 'adapted', extra: 'new', gone: null })
    chmodSync(join(scene.dir, 'other'), 0o755)
    work.git('add', 'extra')
    expect(await scene.take(met.conflict)).toMatchObject({ kind: 'taken' })
    expect(await scene.settledFiles(met)).toEqual({
      file: 'settled\n',
      other: '100755 adapted',
      'new file': 'n',
      extra: 'new',
    })
  })

  it('takes what was committed in the work tree', async () => {
    const met = await scene.content()
    await openConflict(scene.mirror, { conflict: met.conflict, dir: scene.dir })
    openRepo(scene.dir).commit('done', { file: 'committed\n' })
    expect(await scene.take(met.conflict)).toMatchObject({ kind: 'taken' })
    expect(await scene.settledFiles(met)).toMatchObject({ file: 'committed\n' })
  })

  it('takes what was added and needs no other object of the work tree afterwards', async () => {
    const met = await scene.content()
    await openConflict(scene.mirror, { conflict: met.conflict, dir: scene.dir })
    openRepo(scene.dir).write({ file: 'added\n' })
    openRepo(scene.dir).git('add', 'file')
    const taken = await scene.take(met.conflict)
    rmSync(scene.dir, { recursive: true })
    expect(await scene.settledFiles(met)).toMatchObject({ file: 'added\n' })
    if (taken.kind !== 'taken') throw new Error('not taken')
    expect((await git(scene.mirror, ['fsck', '--strict', '--no-dangling'])).stdout).toBe('')
    expect(await readResolution(scene.mirror, taken.resolution)).toMatchObject({
      paths: [{ path: 'file', kind: 'content' }],
    })
  })

  it('makes the same commit from the same result', async () => {
    const met = await scene.content()
    await openConflict(scene.mirror, { conflict: met.conflict, dir: scene.dir })
    writeFileSync(join(scene.dir, 'file'), 'settled\n')
    expect(await scene.take(met.conflict)).toEqual(await scene.take(met.conflict))
  })

  it('never takes markers: not in the file, not when they were added', async () => {
    const { conflict } = await scene.content()
    await openConflict(scene.mirror, { conflict, dir: scene.dir })
    const why = expect.stringContaining('markers')
    expect(await scene.take(conflict)).toEqual({ kind: 'unsettled', paths: [{ path: 'file', why }] })
    openRepo(scene.dir).git('add', 'file')
    expect(await scene.take(conflict)).toEqual({ kind: 'unsettled', paths: [{ path: 'file', why }] })
  })

  it('never takes markers that went with a file to another name', async () => {
    const { conflict } = await scene.content()
    await openConflict(scene.mirror, { conflict, dir: scene.dir })
    openRepo(scene.dir).git('add', 'file')
    openRepo(scene.dir).git('mv', 'file', 'moved')
    const why = expect.stringContaining('markers')
    expect(await scene.take(conflict)).toEqual({ kind: 'unsettled', paths: [{ path: 'moved', why }] })
  })

  it('asks about new files that nobody added where a conflicted one is gone: it may have moved there', async () => {
    const met = await scene.clash({ file: 'a\n', o: '' }, { file: 'mine\n' }, { file: null })
    await openConflict(scene.mirror, { conflict: met.conflict, dir: scene.dir })
    const work = openRepo(scene.dir)
    work.write({ 'our place/file': 'mine\n', file: null, '.gitignore': '*.log\n', 'a.log': '', scratch: '' })
    work.git('add', '.gitignore')
    mkdirSync(join(scene.dir, '.git', 'info'), { recursive: true })
    writeFileSync(join(scene.dir, '.git', 'info', 'exclude'), 'scratch\n')
    const why = "It is new: `git add 'our place/'` takes it along; else remove it."
    expect(await scene.take(met.conflict)).toEqual({
      kind: 'unsettled',
      paths: [{ path: 'our place/', why }],
    })
    work.git('add', 'our place/')
    expect(await scene.take(met.conflict)).toMatchObject({ kind: 'taken' })
    expect(await scene.settledFiles(met)).toMatchObject({ 'our place/file': 'mine\n' })
    for (const each of 'abcdefghijkl') work.write({ [each]: each })
    const many = await scene.take(met.conflict)
    const paths = many.kind === 'unsettled' ? many.paths : []
    expect([paths.length, paths.at(-1)?.why]).toEqual([10, expect.stringContaining('So are 2 more')])
    work.git('rm', '-q', 'file')
    expect(await scene.take(met.conflict)).toMatchObject({ kind: 'taken' })
  })

  it('notices a file that was removed without saying so', async () => {
    const met = await scene.content()
    await openConflict(scene.mirror, { conflict: met.conflict, dir: scene.dir })
    rmSync(join(scene.dir, 'file'))
    const why = 'It is gone; `git rm file` if that is meant, or bring it back with `git checkout -m file`.'
    expect(await scene.take(met.conflict)).toEqual({ kind: 'unsettled', paths: [{ path: 'file', why }] })
    openRepo(scene.dir).git('checkout', '-m', 'file')
    expect(await scene.take(met.conflict)).toMatchObject({ kind: 'unsettled' })
    openRepo(scene.dir).git('rm', '-q', 'file')
    expect(await scene.take(met.conflict)).toMatchObject({ kind: 'taken' })
    expect(await scene.settledFiles(met)).toEqual({ other: 'o', 'new file': 'n', gone: 'g' })
  })

  it('runs nothing that the work tree names: no filter, hook, monitor or alias', async () => {
    const proof = join(scene.folder.path, 'proof')
    const met = await scene.clash(
      { file: 'a\n', '.gitattributes': 'file filter=evil\n' },
      { file: 'b\n' },
      { file: 'c\n' },
    )
    await openConflict(scene.mirror, { conflict: met.conflict, dir: scene.dir })
    const work = openRepo(scene.dir)
    work.write({ file: 'd\n' })
    work.git('add', 'file')
    work.git('config', 'filter.evil.clean', `touch ${proof}; cat`)
    work.git('config', 'core.fsmonitor', `touch ${proof}; false`)
    work.git('config', 'core.hooksPath', join(scene.dir, 'hooks'))
    work.write({ 'hooks/post-index-change': `#!/bin/sh\ntouch ${proof}\n` })
    chmodSync(join(scene.dir, 'hooks/post-index-change'), 0o755)
    expect(await scene.take(met.conflict)).toMatchObject({ kind: 'taken' })
    expect(existsSync(proof)).toBe(false)
  })

  it('refuses a work tree that is not there or belongs to another conflict', async () => {
    const { conflict } = await scene.content()
    await expect(scene.take(conflict)).rejects.toMatchObject({
      code: 'UNDRIFT_E_NOT_FOUND',
      hint: 'Make it with `undrift resolve maintain/f/main/v2`.',
    })
    await openConflict(scene.mirror, { conflict, dir: scene.dir })
    await expect(scene.take({ ...conflict, lastGood: conflict.patch.parent })).rejects.toMatchObject({
      code: 'UNDRIFT_E_REFUSED',
    })
  })
})

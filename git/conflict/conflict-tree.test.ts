import { existsSync, readFileSync, readlinkSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { numberedLines, openRepo } from '../testing.ts'
import { type ConflictScene, makeConflictScene } from './conflict-testing.ts'
import { openConflict } from './conflict-tree.ts'

let scene: ConflictScene
beforeEach(async () => {
  scene = await makeConflictScene()
})
afterEach(() => scene.remove())

describe('openConflict', () => {
  it('shows a conflict that the person’s own git understands', async () => {
    const { conflict } = await scene.content()
    const hands = await openConflict(scene.mirror, { conflict, dir: scene.dir })
    expect(hands).toEqual({ path: scene.dir, paths: [{ path: 'file', kind: 'content', choice: null }] })
    const work = openRepo(scene.dir)
    expect(work.oid('HEAD')).toBe(conflict.lastGood)
    expect(work.git('status', '--porcelain')).toBe('UU file\nA  "new file"')
    expect(work.git('remote')).toBe('')
    expect(readFileSync(join(scene.dir, 'file'), 'utf8').split('\n').slice(3, 13)).toEqual([
      'line 4',
      `<<<<<<< ours: the new base and the patches on it (${conflict.lastGood.slice(0, 10)})`,
      'upstream’s',
      `||||||| before the patch (${conflict.patch.parent.slice(0, 10)})`,
      'line 5',
      '=======',
      'ours of the fork',
      '>>>>>>> theirs: Add our thing',
      'line 6',
      'line 7',
    ])
    work.git('checkout', '--theirs', '--', 'file')
    expect(readFileSync(join(scene.dir, 'file'), 'utf8')).toBe(numberedLines(9, { 5: 'ours of the fork' }))
    work.git('checkout', '-m', '--', 'file')
    expect(readFileSync(join(scene.dir, 'file'), 'utf8')).toContain('<<<<<<< ours')
    expect(work.git('diff')).toContain('diff --cc file')
    expect(work.git('fsck', '--no-dangling')).toBe('')
  })

  it('shows only the surroundings of the conflict where the tree is large, and takes it all the same', async () => {
    const far = { 'far/away/x': 'x', 'src/[a]/deep/y': 'y', 'src/other/z': 'z', 'src/top': 't', root: 'r' }
    const path = 'src/[a]/file'
    const met = await scene.clash({ ...far, [path]: 'a\n' }, { [path]: 'b\n' }, { [path]: 'c\n' })
    await openConflict(scene.mirror, { conflict: met.conflict, dir: scene.dir }, { sparseAbove: 3 })
    const work = openRepo(scene.dir)
    const shown = () =>
      work
        .git('ls-files', '-t')
        .split('\n')
        .filter((line) => !line.startsWith('S '))
        .sort()
    expect(shown()).toEqual([
      'H root',
      'H src/[a]/deep/y',
      'H src/top',
      `M ${path}`,
      `M ${path}`,
      `M ${path}`,
    ])
    expect(existsSync(join(scene.dir, 'far'))).toBe(false)
    expect(work.git('status', '--porcelain')).toBe(`UU ${path}`)
    work.git('sparse-checkout', 'add', 'src/other')
    expect(readFileSync(join(scene.dir, 'src/other/z'), 'utf8')).toBe('z')
    work.write({ [path]: 'd\n', 'src/other/z': 'adapted', 'far/away/x': 'brought by hand' })
    expect(await scene.take(met.conflict)).toMatchObject({ kind: 'taken' })
    const changed = { [path]: 'd\n', 'src/other/z': 'adapted', 'far/away/x': 'brought by hand' }
    expect(await scene.settledFiles(met)).toEqual({ ...far, ...changed })
  })

  it('leaves what was done in it when it is opened again, and refuses a folder of another kind', async () => {
    const { conflict } = await scene.content()
    await openConflict(scene.mirror, { conflict, dir: scene.dir })
    writeFileSync(join(scene.dir, 'file'), 'half done')
    await openConflict(scene.mirror, { conflict, dir: scene.dir })
    expect(readFileSync(join(scene.dir, 'file'), 'utf8')).toBe('half done')
    const other = { ...conflict, lastGood: conflict.patch.parent }
    await expect(openConflict(scene.mirror, { conflict: other, dir: scene.dir })).rejects.toMatchObject({
      code: 'UNDRIFT_E_REFUSED',
    })
    await expect(openConflict(scene.mirror, { conflict, dir: scene.source.dir })).rejects.toMatchObject({
      code: 'UNDRIFT_E_REFUSED',
    })
  })

  it('makes a symlink that points out of the tree as it is', async () => {
    symlinkSync('../../etc', join(scene.source.dir, 'way-out'))
    const { conflict } = await scene.content()
    await openConflict(scene.mirror, { conflict, dir: scene.dir })
    expect(readlinkSync(join(scene.dir, 'way-out'))).toBe('../../etc')
  })
})

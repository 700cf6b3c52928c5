import { chmodSync, existsSync, readFileSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { displayPath } from './bytes.ts'
import { git, runGit } from './command.ts'
import { takeConflict } from './conflict-take.ts'
import { openConflict } from './conflict-tree.ts'
import type { MergeConflict } from './merge-tree.ts'
import { openWholeMerger } from './merge-whole.ts'
import { openMirror } from './mirror.ts'
import { inQuarantine } from './quarantine.ts'
import { treeOf } from './queries.ts'
import { fetchRefs } from './remote.ts'
import { replay } from './replay.ts'
import { readResolution, settle } from './resolutions.ts'
import { readStack } from './stack.ts'
import {
  type Files,
  makeFolder,
  makeRepo,
  numberedLines,
  openRepo,
  type TestFolder,
  type TestRepo,
} from './testing.ts'
import type { Mirror, ReplayConflict } from './types.ts'

let folder: TestFolder
let source: TestRepo
let mirror: Mirror
let dir: string

beforeEach(async () => {
  folder = makeFolder()
  source = makeRepo(join(folder.path, 'source'))
  mirror = await openMirror({ path: join(folder.path, 'mirror.git') })
  dir = join(folder.path, 'hands', 'attempt')
})
afterEach(() => folder.remove())

interface Clash {
  readonly conflict: ReplayConflict
  readonly conflicts: readonly MergeConflict[]
}

/** A base, a patch on it, and an upstream that went another way: the patch meets upstream in a conflict. */
async function clash(base: Files, patched: Files, upstream: Files): Promise<Clash> {
  source.commit('base', base)
  const parent = source.oid('HEAD')
  source.git('checkout', '-q', '-b', 'fork')
  const oid = source.commit('Add our thing', patched)
  source.git('checkout', '-q', '-b', 'upstream', parent)
  return meet(parent, oid, source.commit('upstream moves on', upstream))
}

async function meet(parent: string, oid: string, lastGood: string): Promise<Clash> {
  await fetchAll()
  const tree = await treeOf(mirror, oid)
  const merge = await mergeTrees(parent, lastGood, oid)
  if (merge.kind !== 'conflict') throw new Error('The test expects a conflict.')
  const patch = {
    oid,
    tree,
    parent,
    subject: 'Add our thing',
    authorName: 'Ada',
    authorEmail: 'ada@example.org',
  }
  const paths = merge.conflicts.map((each) => ({ ...each, path: displayPath(each.path).text }))
  return { conflict: { patch, lastGood, paths }, conflicts: merge.conflicts }
}

function fetchAll(): Promise<void> {
  const access = { remote: { name: 'o', url: source.dir, token: null }, secret: null }
  return fetchRefs(mirror, access, ['+refs/heads/*:refs/source/heads/*'])
}

function mergeTrees(parent: string, lastGood: string, oid: string) {
  return inQuarantine(mirror, async (quarantine) => {
    const merger = await openWholeMerger(quarantine)
    const [base, ours, theirs] = await Promise.all(
      [parent, lastGood, oid].map((each) => treeOf(mirror, each)),
    )
    const merge = await merger.merge(base ?? '', ours ?? '', theirs ?? '')
    await merger.close()
    return merge
  })
}

function take(conflict: ReplayConflict) {
  return takeConflict(mirror, {
    conflict,
    dir,
    by: 'Grace',
    attempt: 'maintain/f/main/v2',
    at: '2026-05-04T03:02:01.000Z',
  })
}

/** The settled tree's files, made the way a replay makes it: in a quarantine, from what is remembered. */
async function settledFiles({ conflict }: Clash): Promise<Record<string, string> | null> {
  const { patch, lastGood } = conflict
  return inQuarantine(mirror, async (quarantine) => {
    const merger = await openWholeMerger(quarantine)
    const merge = await merger.merge(
      await treeOf(mirror, patch.parent),
      await treeOf(mirror, lastGood),
      patch.tree,
    )
    await merger.close()
    if (merge.kind !== 'conflict') throw new Error('no conflict')
    const settled = await settle(mirror, merge, { objects: quarantine })
    if (!settled) return null
    expect(settled).toMatchObject({
      by: 'Grace',
      at: '2026-05-04T03:02:01.000Z',
      attempt: 'maintain/f/main/v2',
    })
    const listed = await git(quarantine, ['ls-tree', '-r', '-z', settled.tree])
    const files: Record<string, string> = {}
    for (const line of listed.stdout.split('\0').filter(Boolean)) {
      const [head = '', path = ''] = line.split('\t')
      const [mode = '', , oid = ''] = head.split(' ')
      const content =
        mode === '160000' ? oid : (await runGit(quarantine, ['cat-file', 'blob', oid])).stdout.toString()
      files[path] = mode === '100644' ? content : `${mode} ${content}`
    }
    return files
  })
}

const content = (): Promise<Clash> =>
  clash(
    { file: numberedLines(9), other: 'o' },
    { file: numberedLines(9, { 5: 'ours of the fork' }), 'new file': 'n' },
    { file: numberedLines(9, { 5: 'upstream’s', 9: 'clean change' }), gone: 'g' },
  )

describe('openConflict', () => {
  it('shows a conflict that the person’s own git understands', async () => {
    const { conflict } = await content()
    const hands = await openConflict(mirror, { conflict, dir })
    expect(hands).toEqual({ path: dir, paths: [{ path: 'file', kind: 'content' }] })
    const work = openRepo(dir)
    expect(work.oid('HEAD')).toBe(conflict.lastGood)
    expect(work.git('status', '--porcelain')).toBe('UU file\nA  "new file"')
    expect(work.git('remote')).toBe('')
    expect(readFileSync(join(dir, 'file'), 'utf8').split('\n').slice(3, 13)).toEqual([
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
    expect(readFileSync(join(dir, 'file'), 'utf8')).toBe(numberedLines(9, { 5: 'ours of the fork' }))
    work.git('checkout', '-m', '--', 'file')
    expect(readFileSync(join(dir, 'file'), 'utf8')).toContain('<<<<<<< ours')
    expect(work.git('diff')).toContain('diff --cc file')
    expect(work.git('fsck', '--no-dangling')).toBe('')
  })

  it('shows only the surroundings of the conflict where the tree is large, and takes it all the same', async () => {
    const far = { 'far/away/x': 'x', 'src/[a]/deep/y': 'y', 'src/other/z': 'z', 'src/top': 't', root: 'r' }
    const path = 'src/[a]/file'
    const met = await clash({ ...far, [path]: 'a\n' }, { [path]: 'b\n' }, { [path]: 'c\n' })
    await openConflict(mirror, { conflict: met.conflict, dir }, { sparseAbove: 3 })
    const work = openRepo(dir)
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
    expect(existsSync(join(dir, 'far'))).toBe(false)
    expect(work.git('status', '--porcelain')).toBe(`UU ${path}`)
    work.git('sparse-checkout', 'add', 'src/other')
    expect(readFileSync(join(dir, 'src/other/z'), 'utf8')).toBe('z')
    work.write({ [path]: 'd\n', 'src/other/z': 'adapted', 'far/away/x': 'brought by hand' })
    expect(await take(met.conflict)).toMatchObject({ kind: 'taken' })
    const changed = { [path]: 'd\n', 'src/other/z': 'adapted', 'far/away/x': 'brought by hand' }
    expect(await settledFiles(met)).toEqual({ ...far, ...changed })
  })

  it('leaves what was done in it when it is opened again, and refuses a folder of another kind', async () => {
    const { conflict } = await content()
    await openConflict(mirror, { conflict, dir })
    writeFileSync(join(dir, 'file'), 'half done')
    await openConflict(mirror, { conflict, dir })
    expect(readFileSync(join(dir, 'file'), 'utf8')).toBe('half done')
    const other = { ...conflict, lastGood: conflict.patch.parent }
    await expect(openConflict(mirror, { conflict: other, dir })).rejects.toMatchObject({
      code: 'UNDRIFT_E_REFUSED',
    })
    await expect(openConflict(mirror, { conflict, dir: source.dir })).rejects.toMatchObject({
      code: 'UNDRIFT_E_REFUSED',
    })
  })

  it('refuses a symlink that points out of the tree, by name, and leaves nothing behind', async () => {
    symlinkSync('../../etc', join(source.dir, 'way-out'))
    const { conflict } = await content()
    await expect(openConflict(mirror, { conflict, dir })).rejects.toMatchObject({
      code: 'UNDRIFT_E_STACK',
      message: expect.stringContaining('"way-out"'),
    })
    expect(existsSync(dir)).toBe(false)
  })
})

describe('a replay with a conflict', () => {
  it('goes on from what a person made of it, also where fixups were folded into the patch', async () => {
    const base = source.commit('base', { file: numberedLines(9), other: numberedLines(9) })
    source.git('checkout', '-q', '-b', 'fork')
    source.commit('Ours', { file: numberedLines(9, { 3: 'x' }) })
    source.commit('Second', { other: numberedLines(9, { 2: 'y' }) })
    const head = source.commit('fixup! Ours', { file: numberedLines(9, { 3: 'x', 8: 'xx' }) })
    source.git('checkout', '-q', '-b', 'upstream', base)
    const onto = source.commit('upstream moves on', { file: numberedLines(9, { 8: 'upstream’s' }) })
    await fetchAll()
    const attempt = 'maintain/f/main/v2'
    const stack = await readStack(mirror, { head, onto })
    const input = { stack, onto, committer: { name: 'Undrift', email: 'undrift@example.org' }, attempt }
    const stopped = await replay(mirror, input)
    if (stopped.kind !== 'conflict') throw new Error('The test expects a conflict.')
    await openConflict(mirror, { conflict: stopped.at, dir })
    writeFileSync(join(dir, 'file'), numberedLines(9, { 3: 'x', 8: 'both' }))
    expect(await take(stopped.at)).toMatchObject({ kind: 'taken' })
    const done = await replay(mirror, input)
    if (done.kind !== 'done') throw new Error('The test expects the replay to go on.')
    expect(done.reports.map(({ verdict }) => verdict)).toEqual(['resolved', 'unchanged', 'resolved'])
    const file = await git(mirror, ['cat-file', 'blob', `${done.head}:file`])
    expect(file.stdout).toBe(numberedLines(9, { 3: 'x', 8: 'both' }))
    const elsewhere = await replay(mirror, { ...input, attempt: 'maintain/f/main/v3' })
    expect(elsewhere.reports[0]?.verdict).toBe('reused')
  })
})

describe('takeConflict', () => {
  it('takes an edited file without `git add`, and settles the conflict by it from then on', async () => {
    const met = await content()
    await openConflict(mirror, { conflict: met.conflict, dir })
    expect(await settledFiles(met)).toBeNull()
    writeFileSync(join(dir, 'file'), 'settled\n')
    writeFileSync(join(dir, 'scratch'), 'not added, so not taken')
    expect(await take(met.conflict)).toMatchObject({ kind: 'taken' })
    expect(await settledFiles(met)).toEqual({ file: 'settled\n', other: 'o', 'new file': 'n', gone: 'g' })
  })

  it('takes what else was changed, added or removed to make it fit', async () => {
    const met = await content()
    await openConflict(mirror, { conflict: met.conflict, dir })
    const work = openRepo(dir)
    work.write({ file: 'settled\n', other: 'adapted', extra: 'new', gone: null })
    chmodSync(join(dir, 'other'), 0o755)
    work.git('add', 'extra')
    expect(await take(met.conflict)).toMatchObject({ kind: 'taken' })
    expect(await settledFiles(met)).toEqual({
      file: 'settled\n',
      other: '100755 adapted',
      'new file': 'n',
      extra: 'new',
    })
  })

  it('takes what was committed in the work tree', async () => {
    const met = await content()
    await openConflict(mirror, { conflict: met.conflict, dir })
    openRepo(dir).commit('done', { file: 'committed\n' })
    expect(await take(met.conflict)).toMatchObject({ kind: 'taken' })
    expect(await settledFiles(met)).toMatchObject({ file: 'committed\n' })
  })

  it('takes what was added and needs no other object of the work tree afterwards', async () => {
    const met = await content()
    await openConflict(mirror, { conflict: met.conflict, dir })
    openRepo(dir).write({ file: 'added\n' })
    openRepo(dir).git('add', 'file')
    const taken = await take(met.conflict)
    rmSync(dir, { recursive: true })
    expect(await settledFiles(met)).toMatchObject({ file: 'added\n' })
    if (taken.kind !== 'taken') throw new Error('not taken')
    expect((await git(mirror, ['fsck', '--strict', '--no-dangling'])).stdout).toBe('')
    expect(await readResolution(mirror, taken.resolution)).toMatchObject({
      paths: [{ path: 'file', kind: 'content' }],
    })
  })

  it('makes the same commit from the same result', async () => {
    const met = await content()
    await openConflict(mirror, { conflict: met.conflict, dir })
    writeFileSync(join(dir, 'file'), 'settled\n')
    expect(await take(met.conflict)).toEqual(await take(met.conflict))
  })

  it('never takes markers: not in the file, not when they were added', async () => {
    const { conflict } = await content()
    await openConflict(mirror, { conflict, dir })
    const why = expect.stringContaining('markers')
    expect(await take(conflict)).toEqual({ kind: 'unsettled', paths: [{ path: 'file', why }] })
    openRepo(dir).git('add', 'file')
    expect(await take(conflict)).toEqual({ kind: 'unsettled', paths: [{ path: 'file', why }] })
  })

  it('notices a file that was removed without saying so', async () => {
    const met = await content()
    await openConflict(mirror, { conflict: met.conflict, dir })
    rmSync(join(dir, 'file'))
    const why = expect.stringContaining('git rm')
    expect(await take(met.conflict)).toEqual({ kind: 'unsettled', paths: [{ path: 'file', why }] })
    openRepo(dir).git('rm', '-q', 'file')
    expect(await take(met.conflict)).toMatchObject({ kind: 'taken' })
    expect(await settledFiles(met)).toEqual({ other: 'o', 'new file': 'n', gone: 'g' })
  })

  it('takes a text that speaks of markers itself', async () => {
    const guide = (line: string) => `${numberedLines(5)}<<<<<<< here\n${line}\n=======\n>>>>>>> there\n`
    const met = await clash({ guide: guide('a') }, { guide: guide('b') }, { guide: guide('c') })
    await openConflict(mirror, { conflict: met.conflict, dir })
    expect(await take(met.conflict)).toMatchObject({ kind: 'unsettled' })
    writeFileSync(join(dir, 'guide'), guide('d'))
    expect(await take(met.conflict)).toMatchObject({ kind: 'taken' })
    expect(await settledFiles(met)).toEqual({ guide: guide('d') })
  })

  it.each([
    ['add', 'mine\n', { file: 'mine\n', o: '' }],
    ['rm', null, { o: '' }],
  ] as const)('has a modify/delete settled by `git %s`', async (word, kept, expected) => {
    const met = await clash({ file: 'a\n', o: '' }, { file: 'mine\n' }, { file: null })
    expect(met.conflict.paths).toMatchObject([{ path: 'file', kind: 'modify/delete' }])
    await openConflict(mirror, { conflict: met.conflict, dir })
    expect(readFileSync(join(dir, 'file'), 'utf8')).toBe('mine\n')
    const why = expect.stringContaining('choice')
    expect(await take(met.conflict)).toEqual({ kind: 'unsettled', paths: [{ path: 'file', why }] })
    openRepo(dir).git(word, 'file')
    expect(await take(met.conflict)).toMatchObject({ kind: 'taken' })
    expect(await settledFiles(met)).toEqual(expected)
    expect(kept === null).toBe(!existsSync(join(dir, 'file')))
  })

  it('has a binary conflict settled by a choice', async () => {
    const bytes = (last: number) => new Uint8Array([0, 1, 2, 3, 0, 255, last])
    const met = await clash({ image: bytes(1) }, { image: bytes(2) }, { image: bytes(3) })
    await openConflict(mirror, { conflict: met.conflict, dir })
    expect(await take(met.conflict)).toMatchObject({ kind: 'unsettled', paths: [{ path: 'image' }] })
    const work = openRepo(dir)
    work.git('checkout', '--theirs', 'image')
    work.git('add', 'image')
    expect(await take(met.conflict)).toMatchObject({ kind: 'taken' })
    expect(await settledFiles(met)).toEqual({ image: Buffer.from(bytes(2)).toString() })
  })

  it('settles add/add by an edit', async () => {
    const met = await clash({ o: '' }, { file: 'mine\n' }, { file: 'theirs\n' })
    expect(met.conflict.paths).toMatchObject([{ kind: 'add/add' }])
    await openConflict(mirror, { conflict: met.conflict, dir })
    expect(readFileSync(join(dir, 'file'), 'utf8')).toContain('>>>>>>> theirs: Add our thing')
    writeFileSync(join(dir, 'file'), 'both\n')
    expect(await take(met.conflict)).toMatchObject({ kind: 'taken' })
    expect(await settledFiles(met)).toEqual({ o: '', file: 'both\n' })
  })

  it('settles a file against a folder', async () => {
    const met = await clash({ o: '' }, { thing: 'file\n' }, { 'thing/inner': 'folder\n' })
    await openConflict(mirror, { conflict: met.conflict, dir })
    expect(existsSync(join(dir, 'thing/inner'))).toBe(true)
    expect(await take(met.conflict)).toMatchObject({ kind: 'unsettled', paths: [{ path: 'thing' }] })
    const work = openRepo(dir)
    work.write({ 'thing/ours': 'file\n' })
    work.git('rm', '-q', '--cached', 'thing')
    work.git('add', 'thing/ours')
    expect(await take(met.conflict)).toMatchObject({ kind: 'taken' })
    expect(await settledFiles(met)).toEqual({ o: '', 'thing/inner': 'folder\n', 'thing/ours': 'file\n' })
  })

  it('settles a rename against a removal', async () => {
    source.commit('base', { old: numberedLines(20) })
    const parent = source.oid('HEAD')
    source.git('checkout', '-q', '-b', 'fork')
    renameSync(join(source.dir, 'old'), join(source.dir, 'new'))
    const oid = source.commit('Add our thing')
    source.git('checkout', '-q', '-b', 'upstream', parent)
    const met = await meet(parent, oid, source.commit('removed', { old: null, o: '' }))
    await openConflict(mirror, { conflict: met.conflict, dir })
    expect(await take(met.conflict)).toMatchObject({ kind: 'unsettled' })
    openRepo(dir).git('add', '-A')
    expect(await take(met.conflict)).toMatchObject({ kind: 'taken' })
    expect(await settledFiles(met)).toEqual({ o: '', new: numberedLines(20) })
  })

  it('settles symlinks by a choice', async () => {
    const link = (target: string) => {
      rmSync(join(source.dir, 'link'), { force: true })
      symlinkSync(target, join(source.dir, 'link'))
    }
    link('a')
    source.commit('base', { a: '', b: '', c: '' })
    const parent = source.oid('HEAD')
    source.git('checkout', '-q', '-b', 'fork')
    link('b')
    const oid = source.commit('Add our thing')
    source.git('checkout', '-q', '-b', 'upstream', parent)
    link('c')
    const met = await meet(parent, oid, source.commit('upstream moves on'))
    await openConflict(mirror, { conflict: met.conflict, dir })
    expect(await take(met.conflict)).toMatchObject({ kind: 'unsettled' })
    const work = openRepo(dir)
    work.git('checkout', '--theirs', 'link')
    work.git('add', 'link')
    expect(await take(met.conflict)).toMatchObject({ kind: 'taken' })
    expect(await settledFiles(met)).toMatchObject({ link: '120000 b' })
  })

  it('keeps names with spaces, newlines and bytes that are not UTF-8', async () => {
    const met = await clash({ 'a b\nc': '1\n' }, { 'a b\nc': '2\n' }, { 'a b\nc': '3\n' })
    await openConflict(mirror, { conflict: met.conflict, dir })
    writeFileSync(join(dir, 'a b\nc'), '4\n')
    expect(await take(met.conflict)).toMatchObject({ kind: 'taken' })
    expect(await settledFiles(met)).toEqual({ 'a b\nc': '4\n' })
  })

  it('takes a name that is not UTF-8', async () => {
    const name = Buffer.concat([Buffer.from(`${source.dir}/`), Buffer.from([0x66, 0xe9])])
    writeFileSync(name, '1\n')
    source.commit('base')
    const parent = source.oid('HEAD')
    source.git('checkout', '-q', '-b', 'fork')
    writeFileSync(name, '2\n')
    const oid = source.commit('Add our thing')
    source.git('checkout', '-q', '-b', 'upstream', parent)
    writeFileSync(name, '3\n')
    const met = await meet(parent, oid, source.commit('upstream moves on'))
    expect(met.conflict.paths).toMatchObject([{ path: 'f%E9' }])
    await openConflict(mirror, { conflict: met.conflict, dir })
    expect(await take(met.conflict)).toMatchObject({ kind: 'unsettled', paths: [{ path: 'f%E9' }] })
    writeFileSync(Buffer.concat([Buffer.from(`${dir}/`), Buffer.from([0x66, 0xe9])]), '4\n')
    const taken = await take(met.conflict)
    if (taken.kind !== 'taken') throw new Error('not taken')
    expect((await readResolution(mirror, taken.resolution))?.paths[0]?.path).toBe('f\xe9')
  })

  it('runs nothing that the work tree names: no filter, hook, monitor or alias', async () => {
    const proof = join(folder.path, 'proof')
    const met = await clash(
      { file: 'a\n', '.gitattributes': 'file filter=evil\n' },
      { file: 'b\n' },
      { file: 'c\n' },
    )
    await openConflict(mirror, { conflict: met.conflict, dir })
    const work = openRepo(dir)
    work.git('config', 'filter.evil.clean', `touch ${proof}; cat`)
    work.git('config', 'core.fsmonitor', `touch ${proof}; false`)
    work.git('config', 'core.hooksPath', join(dir, 'hooks'))
    work.write({ 'hooks/post-index-change': `#!/bin/sh\ntouch ${proof}\n`, file: 'd\n' })
    chmodSync(join(dir, 'hooks/post-index-change'), 0o755)
    expect(await take(met.conflict)).toMatchObject({ kind: 'taken' })
    expect(existsSync(proof)).toBe(false)
  })

  it('goes by the attributes of the tree when it takes line endings', async () => {
    const met = await clash(
      { file: 'a\n', '.gitattributes': '* text eol=crlf\n' },
      { file: 'b\n' },
      { file: 'c\n' },
    )
    await openConflict(mirror, { conflict: met.conflict, dir })
    expect(readFileSync(join(dir, 'file'), 'utf8')).toContain('\r\n')
    writeFileSync(join(dir, 'file'), 'd\r\n')
    expect(await take(met.conflict)).toMatchObject({ kind: 'taken' })
    expect(await settledFiles(met)).toMatchObject({ file: 'd\n' })
  })

  it('refuses a work tree that is not there or belongs to another conflict', async () => {
    const { conflict } = await content()
    await expect(take(conflict)).rejects.toMatchObject({ code: 'UNDRIFT_E_NOT_FOUND' })
    await openConflict(mirror, { conflict, dir })
    await expect(take({ ...conflict, lastGood: conflict.patch.parent })).rejects.toMatchObject({
      code: 'UNDRIFT_E_REFUSED',
    })
  })
})

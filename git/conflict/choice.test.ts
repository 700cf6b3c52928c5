import { execFileSync } from 'node:child_process'
import { chmodSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type Files, numberedLines } from '../testing.ts'
import { type Clash, type ConflictScene, makeConflictScene } from './conflict-testing.ts'
import { openConflict } from './conflict-tree.ts'

let scene: ConflictScene
beforeEach(async () => {
  scene = await makeConflictScene()
})
afterEach(() => scene.remove())

const bytes = (last: string) => `\0\u0001\0${last}`

/** Opens the conflict anew and lets a person do something there. */
async function settledBy(met: Clash, act: (dir: string) => void): Promise<unknown> {
  rmSync(scene.dir, { recursive: true, force: true })
  await openConflict(scene.mirror, { conflict: met.conflict, dir: scene.dir })
  act(scene.dir)
  const taken = await scene.take(met.conflict)
  return taken.kind === 'taken' ? scene.settledFiles(met) : taken
}

const run = (command: string) => (dir: string) => void execFileSync('sh', ['-c', command], { cwd: dir })

interface Case {
  readonly name: string
  readonly base: Files
  readonly patched: Files
  readonly upstream: Files
  /** What lies there, as the sentence has it. */
  readonly lies: string
  /** What each command, or plain act, comes to at the path `f`; null for nothing. */
  readonly acts: Readonly<Record<string, string | null>>
}

const cases: readonly Case[] = [
  {
    name: 'a file that upstream removed',
    base: { f: 'a\n', o: '' },
    patched: { f: 'mine\n' },
    upstream: { f: null },
    lies: "the patch's, which the new base does not have",
    acts: { 'git add f': 'mine\n', 'git rm f': null, 'rm f': null, 'echo new > f': 'new\n' },
  },
  {
    name: 'a file that the patch removes',
    base: { f: 'a\n', o: '' },
    patched: { f: null },
    upstream: { f: 'theirs\n' },
    lies: "the new base's, which the patch does not have",
    acts: { 'git add f': 'theirs\n', 'git rm f': null, 'rm f': null, 'echo new > f': 'new\n' },
  },
  {
    name: 'a binary file',
    base: { f: bytes('base'), o: '' },
    patched: { f: bytes('mine') },
    upstream: { f: bytes('theirs') },
    lies: "the new base's",
    acts: {
      'git add f': bytes('theirs'),
      'git rm f': null,
      'git checkout --theirs f': bytes('mine'),
      'rm f': null,
      'echo new > f': 'new\n',
    },
  },
]

describe('a path without markers', () => {
  it.each(cases)('says of $name what lies there, and takes every choice that it names', async (one) => {
    const met = await scene.clash(one.base, one.patched, one.upstream)
    const { paths } = await openConflict(scene.mirror, { conflict: met.conflict, dir: scene.dir })
    const choice = paths[0]?.choice ?? ''
    expect(choice).toContain(`What lies there is ${one.lies}:`)
    // Nothing was done: one side lies there in any case, so that this says nothing.
    const unsettled = { kind: 'unsettled', paths: [{ path: 'f', why: choice }] }
    expect(await settledBy(met, () => undefined)).toEqual(unsettled)
    const named = [...choice.matchAll(/`(.*?)`/g)].map((match) => match[1])
    expect(named).toEqual(Object.keys(one.acts).filter((act) => act.startsWith('git')))
    for (const [act, content] of Object.entries(one.acts)) {
      const expected = content === null ? { o: '' } : { f: content, o: '' }
      expect([act, await settledBy(met, run(act))]).toEqual([act, expected])
    }
  })

  it('is not settled by line ends that the attributes ask for, and is by a bit that makes it a program', async () => {
    const met = await scene.clash(
      { f: 'a\n', '.gitattributes': 'f text eol=crlf\n' },
      { f: 'mine\n' },
      { f: null },
    )
    expect(await settledBy(met, () => undefined)).toMatchObject({ kind: 'unsettled' })
    const program = await settledBy(met, (dir) => chmodSync(join(dir, 'f'), 0o755))
    expect(program).toMatchObject({ f: '100755 mine\n' })
  })

  it('may be a folder, in the place of which the other side comes by the command that is named', async () => {
    const met = await scene.clash({ o: '' }, { f: 'file\n' }, { 'f/inner': 'folder\n' })
    const { paths } = await openConflict(scene.mirror, { conflict: met.conflict, dir: scene.dir })
    expect(paths[0]?.choice).toBe(
      "It needs a choice. A folder lies there: `git rm --cached f` keeps it, `git checkout --theirs f` brings the patch's.",
    )
    expect(await settledBy(met, run('git checkout --theirs f'))).toEqual({ o: '', f: 'file\n' })
    expect(await settledBy(met, run('git rm --cached f'))).toEqual({ o: '', 'f/inner': 'folder\n' })
  })

  it('may be a folder of the patch, in the place of a file that upstream added', async () => {
    const met = await scene.clash({ o: '' }, { 'f/inner': 'mine\n' }, { f: 'theirs\n' })
    const { paths } = await openConflict(scene.mirror, { conflict: met.conflict, dir: scene.dir })
    expect(paths[0]?.choice).toContain("`git checkout --ours f` brings the new base's")
    expect(await settledBy(met, run('git checkout --ours f'))).toEqual({ o: '', f: 'theirs\n' })
    expect(await settledBy(met, run('git rm --cached f'))).toEqual({ o: '', 'f/inner': 'mine\n' })
    const both = run('git mv f g && git checkout --ours f && git add f')
    expect(await settledBy(met, both)).toEqual({ o: '', f: 'theirs\n', 'g/inner': 'mine\n' })
  })

  it('takes a symlink against a file from either side', async () => {
    const { source } = scene
    source.commit('base', { f: 'a\n', o: '' })
    const parent = source.oid('HEAD')
    source.git('checkout', '-q', '-b', 'fork')
    rmSync(join(source.dir, 'f'))
    symlinkSync('o', join(source.dir, 'f'))
    const oid = source.commit('link')
    source.git('checkout', '-q', '-b', 'upstream', parent)
    const met = await scene.meet(parent, oid, source.commit('file', { f: 'theirs\n' }))
    expect(await settledBy(met, () => undefined)).toMatchObject({ kind: 'unsettled' })
    expect(await settledBy(met, run('git checkout --ours f; git add f'))).toEqual({ f: 'theirs\n', o: '' })
    expect(await settledBy(met, run('git checkout --theirs f; git add f'))).toEqual({ f: '120000 o', o: '' })
    expect(await settledBy(met, run('rm f; echo new > f'))).toEqual({ f: 'new\n', o: '' })
  })

  it('asks nothing of the old name where both sides renamed a file', async () => {
    scene.source.commit('base', { old: numberedLines(20), o: '' })
    const parent = scene.source.oid('HEAD')
    const renamed = (to: string) => {
      renameSync(join(scene.source.dir, 'old'), join(scene.source.dir, to))
      return scene.source.commit(to)
    }
    scene.source.git('checkout', '-q', '-b', 'fork')
    const oid = renamed('mine')
    scene.source.git('checkout', '-q', '-b', 'upstream', parent)
    const met = await scene.meet(parent, oid, renamed('theirs'))
    expect(await settledBy(met, () => undefined)).toMatchObject({
      paths: [{ path: 'mine' }, { path: 'theirs' }],
    })
    expect(await settledBy(met, run('rm theirs; git add mine'))).toEqual({ o: '', mine: numberedLines(20) })
  })

  it('is asked about in a work tree that was made before it was noted what lay there', async () => {
    const met = await scene.clash({ f: 'a\n', o: '' }, { f: 'mine\n' }, { f: null })
    const old = await settledBy(met, (dir) => {
      rmSync(join(dir, '.git', 'undrift-left.json'))
      writeFileSync(join(dir, 'f'), 'new\n')
    })
    expect(old).toMatchObject({ kind: 'unsettled' })
  })
})

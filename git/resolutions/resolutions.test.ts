import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Oid } from '../../domain/patch.ts'
import { openMirror } from '../mirror/mirror.ts'
import { editTree, makeTree, readWholeTree, type TreeEntry } from '../objects/tree.ts'
import { git, runGit } from '../process/command.ts'
import type { MergeConflict } from '../replay/merge-tree.ts'
import { makeFolder, type TestFolder } from '../testing.ts'
import type { Mirror } from '../types.ts'
import { importResolution, packResolution } from './resolution-pack.ts'
import { resolutionKey } from './resolution-record.ts'
import {
  findResolution,
  keepResolution,
  listResolutions,
  revokeResolution,
  settle,
  writeResolution,
} from './resolutions.ts'

let folder: TestFolder
let mirror: Mirror
beforeEach(async () => {
  folder = makeFolder()
  mirror = await openMirror({ path: join(folder.path, 'mirror.git') })
})
afterEach(() => folder.remove())

async function blob(content: string, place: Mirror = mirror): Promise<TreeEntry> {
  const result = await runGit(place, ['hash-object', '-w', '--stdin'], { stdin: content })
  return { mode: '100644', oid: result.stdout.toString().trim() }
}

async function conflictAt(path: string, sides = ['base', 'ours', 'theirs']): Promise<MergeConflict> {
  const [base, ours, theirs] = await Promise.all(sides.map((side) => blob(side)))
  return { path, kind: 'content', base: base ?? null, ours: ours ?? null, theirs: theirs ?? null }
}

const by = {
  by: 'Grace',
  at: '2026-05-04T03:02:01.000Z',
  attempt: null,
  patch: { oid: 'a'.repeat(40), subject: 'x' },
}

const revoker = { by: 'Linus', at: '2026-07-01T00:00:00.000Z' }

async function remember(
  conflicts: readonly MergeConflict[],
  settled: TreeEntry | null,
  words = by,
): Promise<Oid> {
  const paths = conflicts.map((conflict) => ({ ...conflict, settled }))
  const { oid, key } = await writeResolution(mirror, { ...words, paths, more: [] })
  await keepResolution(mirror, key, oid)
  return oid
}

async function filesOf(tree: Oid): Promise<Record<string, string>> {
  const files: Record<string, string> = {}
  for (const [path, { oid }] of await readWholeTree(mirror, tree)) {
    files[path] = (await git(mirror, ['cat-file', 'blob', oid])).stdout
  }
  return files
}

describe('settle', () => {
  it('knows a conflict by its content, under whatever name it comes again', async () => {
    await remember([await conflictAt('old/name')], await blob('settled'))
    const tree = await editTree(
      mirror,
      await makeTree(mirror, new Map()),
      new Map([
        ['new', await blob('<<<<<<< x')],
        ['o', await blob('o')],
      ]),
    )
    const settled = await settle(mirror, { tree, conflicts: [await conflictAt('new')] })
    expect(await filesOf(settled?.tree ?? '')).toEqual({ new: 'settled', o: 'o' })
  })

  it('does not mistake another content or mode under the same name for it', async () => {
    await remember([await conflictAt('name')], await blob('settled'))
    const tree = await makeTree(mirror, new Map())
    const other = await conflictAt('name', ['base', 'ours', 'other'])
    expect(await settle(mirror, { tree, conflicts: [other] })).toBeNull()
    const executable = await conflictAt('name')
    const theirs = { mode: '100755', oid: executable.theirs?.oid ?? '' }
    expect(await settle(mirror, { tree, conflicts: [{ ...executable, theirs }] })).toBeNull()
    expect(await settle(mirror, { tree, conflicts: [executable, other] })).toBeNull()
  })

  it('tells two paths with the same clash apart by their names', async () => {
    const [one, two] = [await conflictAt('one'), await conflictAt('two')]
    const paths = [
      { ...one, settled: await blob('first') },
      { ...two, settled: await blob('second') },
    ]
    const { oid, key } = await writeResolution(mirror, { ...by, paths, more: [] })
    await keepResolution(mirror, key, oid)
    const tree = await makeTree(mirror, new Map())
    const settled = await settle(mirror, { tree, conflicts: [two, one] })
    expect(await filesOf(settled?.tree ?? '')).toEqual({ one: 'first', two: 'second' })
  })

  it('is not reused where a file beyond the conflict is not what the person saw', async () => {
    const conflict = await conflictAt('name')
    const more = [{ path: 'deep/extra', before: await blob('seen'), after: await blob('adapted') }]
    const { oid, key } = await writeResolution(mirror, {
      ...by,
      paths: [{ ...conflict, settled: null }],
      more,
    })
    await keepResolution(mirror, key, oid)
    const empty = await makeTree(mirror, new Map())
    const same = await editTree(mirror, empty, new Map([['deep/extra', await blob('seen')]]))
    const settled = await settle(mirror, { tree: same, conflicts: [conflict] })
    expect(await filesOf(settled?.tree ?? '')).toEqual({ 'deep/extra': 'adapted' })
    const other = await editTree(mirror, empty, new Map([['deep/extra', await blob('changed since')]]))
    expect(await settle(mirror, { tree: other, conflicts: [conflict] })).toBeNull()
  })

  it('takes the newer word on the same conflict, lists it, and forgets it when it is revoked', async () => {
    const conflict = await conflictAt('name')
    await remember([conflict], await blob('first'))
    const second = await remember([conflict], await blob('second'), { ...by, at: '2026-06-01T00:00:00.000Z' })
    expect((await findResolution(mirror, [conflict]))?.oid).toBe(second)
    const [listed, ...none] = await listResolutions(mirror)
    expect(none).toEqual([])
    expect(listed).toMatchObject({ oid: second, by: 'Grace', paths: [{ path: 'name' }] })
    const key = listed?.key ?? ''
    expect(await revokeResolution(mirror, key, revoker)).toBe(true)
    expect(await revokeResolution(mirror, key, revoker)).toBe(false)
    expect(await findResolution(mirror, [conflict])).toBeNull()
  })

  it('stays without a revoked resolution and older words, however they come back, and takes a newer one', async () => {
    const conflict = await conflictAt('name')
    const older = await packResolution(mirror, await remember([conflict], await blob('older')))
    const june = { ...by, at: '2026-06-01T00:00:00.000Z' }
    const oid = await remember([conflict], await blob('wrong'), june)
    const wrong = await packResolution(mirror, oid)
    const key = resolutionKey([conflict])
    await revokeResolution(mirror, key, revoker)
    for (const pack of [wrong, older]) await importResolution(mirror, pack)
    await keepResolution(mirror, key, oid)
    expect(await findResolution(mirror, [conflict])).toBeNull()
    expect(await listResolutions(mirror)).toEqual([])
    expect(await revokeResolution(mirror, key, revoker)).toBe(false)
    const tombstone = `refs/undrift/revoked/${key}`
    const said = await git(mirror, ['log', '-1', '--format=%an %at %s', tombstone])
    expect(said.stdout.trim()).toBe(`Linus ${Date.parse(revoker.at) / 1000} Revoke how "x" was settled`)

    const again = await remember([conflict], await blob('right'), { ...by, at: '2026-07-02T00:00:00.000Z' })
    expect((await findResolution(mirror, [conflict]))?.oid).toBe(again)
    expect(await revokeResolution(mirror, key, revoker)).toBe(true)
    expect(await findResolution(mirror, [conflict])).toBeNull()
    expect((await git(mirror, ['fsck', '--strict'])).code).toBe(0)
  })
})

describe('importResolution', () => {
  it('brings a resolution to another machine, where it has the same id', async () => {
    const conflict = await conflictAt('name')
    const oid = await remember([conflict], await blob('settled'))
    const pack = await packResolution(mirror, oid)
    const other = await openMirror({ path: join(folder.path, 'other.git') })
    const imported = await importResolution(other, pack)
    expect(imported).toMatchObject({ oid, by: 'Grace' })
    expect(await importResolution(other, pack)).toEqual(imported)
    const tree = await makeTree(other, new Map())
    const settled = await settle(other, { tree, conflicts: [conflict] })
    expect([...(await readWholeTree(other, settled?.tree ?? '')).keys()]).toEqual(['name'])
    expect((await git(other, ['fsck', '--strict'])).code).toBe(0)
  })

  it('does not put an older word in the place of a newer one', async () => {
    const conflict = await conflictAt('name')
    const old = await packResolution(mirror, await remember([conflict], await blob('old')))
    const newer = await remember([conflict], await blob('new'), { ...by, at: '2026-06-01T00:00:00.000Z' })
    await importResolution(mirror, old)
    expect((await findResolution(mirror, [conflict]))?.oid).toBe(newer)
  })

  it('packs nothing but resolutions', async () => {
    await expect(packResolution(mirror, 'a'.repeat(40))).rejects.toMatchObject({
      code: 'UNDRIFT_E_NOT_FOUND',
    })
    await expect(packResolution(mirror, 'HEAD')).rejects.toMatchObject({ code: 'UNDRIFT_E_NOT_FOUND' })
  })

  async function packOf(oid: Oid): Promise<{ oid: Oid; pack: string }> {
    const { stdout } = await runGit(mirror, ['pack-objects', '--revs', '--stdout', '-q'], {
      stdin: `${oid}\n`,
    })
    return { oid, pack: stdout.toString('base64') }
  }

  async function commitTree(tree: Oid, ...more: string[]): Promise<Oid> {
    const env = {
      GIT_AUTHOR_NAME: 'a',
      GIT_AUTHOR_EMAIL: 'a',
      GIT_COMMITTER_NAME: 'a',
      GIT_COMMITTER_EMAIL: 'a',
    }
    const result = await runGit(mirror, ['commit-tree', tree, ...more], { env, stdin: 'm' })
    return result.stdout.toString().trim()
  }

  it('refuses everything that is not exactly one whole, honest resolution, and keeps nothing of it', async () => {
    const conflict = await conflictAt('name', ['base', 'ours\n', 'theirs\n'])
    const good = await remember([conflict], await blob('settled'))
    const { pack } = await packResolution(mirror, good)
    const tree = (await git(mirror, ['rev-parse', `${good}^{tree}`])).stdout.trim()
    const child = await commitTree(tree, '-p', good)
    const stranger = await commitTree(await editTree(mirror, tree, new Map([['extra', await blob('x')]])))
    const json = (await git(mirror, ['cat-file', 'blob', `${good}:resolution.json`])).stdout
    const forge = async (from: string, to: string) => {
      const edits = new Map([['resolution.json', await blob(json.replace(from, to))]])
      return packOf(await commitTree(await editTree(mirror, tree, edits)))
    }
    const bad = [
      { oid: good, pack: '' },
      { oid: good, pack: 'no base64!' },
      { oid: good, pack: Buffer.from('PACK').toString('base64') },
      { oid: good, pack: Buffer.from(pack, 'base64').subarray(0, -30).toString('base64') },
      { oid: 'main', pack },
      { oid: 'b'.repeat(40), pack },
      await packOf(child),
      await packOf(stranger),
      await forge('"path": "name"', '"path": ".git/config"'),
      await forge('"path": "name"', '"path": "../name"'),
      await forge(conflict.ours?.oid ?? '', 'c'.repeat(40)),
      await forge('"mode": "100644"', '"mode": "040000"'),
      await forge('"version": 1', '"version": 2'),
    ]
    const other = await openMirror({ path: join(folder.path, 'other.git') })
    for (const each of bad) {
      await expect(importResolution(other, each), JSON.stringify(each).slice(0, 200)).rejects.toMatchObject({
        code: 'UNDRIFT_E_INPUT',
      })
    }
    expect((await git(other, ['count-objects'])).stdout).toMatch(/^0 objects/)
    expect(await listResolutions(other)).toEqual([])
  })

  it('refuses markers where the sides are at hand to tell that they are not theirs', async () => {
    const conflict = await conflictAt('name', ['base', 'ours\n', 'theirs\n'])
    const marked = await remember([conflict], await blob('<<<<<<< a\nours\n=======\ntheirs\n>>>>>>> b\n'))
    const pack = await packResolution(mirror, marked)
    await expect(importResolution(mirror, pack)).rejects.toMatchObject({ code: 'UNDRIFT_E_INPUT' })
  })
})

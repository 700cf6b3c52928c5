import { chmodSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { runGit } from '../process/command.ts'
import { makeFolder, makeRepo, type TestFolder, type TestRepo } from '../testing.ts'
import type { RemoteAccess } from '../types.ts'
import { fetchUpstream } from './fetch.ts'
import { onSoundMirror } from './heal.ts'
import { openMirror } from './mirror.ts'
import { contains } from './queries.ts'
import { readRef, updateRefs } from './refs.ts'

let folder: TestFolder
let source: TestRepo
let access: RemoteAccess
let path: string
let one: string
let ledger: string

beforeEach(async () => {
  folder = makeFolder()
  source = makeRepo(join(folder.path, 'source'))
  one = source.commit('one', { a: 'x'.repeat(5000), b: 'y' })
  source.git('tag', '-a', '-m', 'one', 'v1')
  source.commit('two', { a: 'z' })
  source.git('tag', 'v2')
  access = { remote: { name: 'o', url: source.dir, token: null }, secret: null }
  path = join(folder.path, 'mirror.git')
  const mirror = await openMirror({ path })
  await fetchUpstream(mirror, access, { tag: 'v2' })
  // What this machine alone knows.
  const blob = (await runGit(mirror, ['hash-object', '-w', '--stdin'], { stdin: 'a word' })).stdout
  const tree = await runGit(mirror, ['mktree'], { stdin: `100644 blob ${String(blob).trim()}\tword\n` })
  const argv = [
    '-c',
    'user.name=a',
    '-c',
    'user.email=a@b',
    'commit-tree',
    '-m',
    'entry',
    String(tree.stdout).trim(),
  ]
  ledger = String((await runGit(mirror, argv)).stdout).trim()
  await updateRefs(mirror, [{ ref: 'refs/undrift/ledger/f/main', to: ledger, expected: null }])
})
afterEach(() => folder.remove())

/** What an attempt does first with a mirror. */
async function work(): Promise<string> {
  const mirror = await openMirror({ path })
  const fetched = await fetchUpstream(mirror, access, { tag: 'v2' })
  if (fetched.kind !== 'ok') return fetched.kind
  await contains(mirror, { ancestor: one, descendant: fetched.release.commit })
  await runGit(mirror, ['archive', '--format=tar', one])
  return 'ok'
}

function packFiles(): readonly string[] {
  const packs = join(path, 'objects', 'pack')
  return readdirSync(packs).map((name) => join(packs, name))
}

const damages: readonly (readonly [string, () => void])[] = [
  ['a truncated pack', () => damagePack(100)],
  ['an empty pack', () => damagePack(0)],
  ['a missing pack', () => packFiles().forEach((file) => void rmSync(file))],
  [
    'an index that is no index',
    () => {
      for (const file of packFiles().filter((name) => name.endsWith('.idx'))) {
        chmodSync(file, 0o600)
        writeFileSync(file, 'x'.repeat(2000))
      }
    },
  ],
  ['an empty ref', () => writeFileSync(join(path, 'refs/upstream/heads/main'), '')],
  ['no HEAD', () => rmSync(join(path, 'HEAD'))],
  ['an empty HEAD', () => writeFileSync(join(path, 'HEAD'), '')],
  ['an empty config', () => writeFileSync(join(path, 'config'), '[core')],
]

function damagePack(size: number): void {
  for (const file of packFiles().filter((name) => name.endsWith('.pack'))) {
    chmodSync(file, 0o600)
    truncateSync(file, size)
  }
}

describe('a damaged mirror', () => {
  it.each(damages)('heals, with what it alone knew: %s', async (_, damage) => {
    damage()
    expect(await onSoundMirror({ path }, work)).toBe('ok')
    const mirror = await openMirror({ path })
    expect(await readRef(mirror, 'refs/undrift/ledger/f/main')).toBe(ledger)
    expect((await runGit(mirror, ['cat-file', '-p', `${ledger}:word`])).stdout.toString()).toBe('a word')
    expect((await runGit(mirror, ['fsck', '--no-dangling'])).code).toBe(0)
  })

  it('heals where loose objects are empty', async () => {
    const loose = join(path, 'objects', one.slice(0, 2), one.slice(2))
    const mirror = await openMirror({ path })
    const pack = packFiles().find((file) => file.endsWith('.pack'))
    const bytes = pack === undefined ? Buffer.alloc(0) : readFileSync(pack)
    for (const file of packFiles()) rmSync(file)
    await runGit(mirror, ['unpack-objects', '-q'], { stdin: bytes })
    chmodSync(loose, 0o600)
    truncateSync(loose, 0)
    expect(await onSoundMirror({ path }, work)).toBe('ok')
  })

  it('is kept aside, and still knows what its tags were', async () => {
    damagePack(100)
    source.git('tag', '-f', 'v2', one)
    expect(await onSoundMirror({ path }, work)).toBe('tag-moved')
    expect(readdirSync(folder.path).some((name) => name.startsWith('mirror.git.damaged-'))).toBe(true)
  })

  it('is not taken for one when the remote is the one that is damaged', async () => {
    rmSync(join(source.dir, '.git', 'objects'), { recursive: true })
    const mirror = join(folder.path, 'fresh.git')
    await expect(
      onSoundMirror({ path: mirror }, async () => {
        await fetchUpstream(await openMirror({ path: mirror }), access, { tag: 'v2' })
      }),
    ).rejects.toThrow()
    expect(readdirSync(folder.path).filter((name) => name.includes('damaged'))).toEqual([])
  })
})

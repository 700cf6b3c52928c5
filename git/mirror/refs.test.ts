import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { Oid } from '../../domain/patch.ts'
import { makeFolder, makeRepo, type TestFolder, type TestRepo } from '../testing.ts'
import type { Mirror } from '../types.ts'
import { openMirror } from './mirror.ts'
import { commitDate, commitOf, contains, hasObject, mergeBase, surelyContains, treeOf } from './queries.ts'
import { isRefName } from './ref-name.ts'
import { listRefs, readRef, updateRefs } from './refs.ts'
import { fetchRefs } from './remote.ts'

let folder: TestFolder
let source: TestRepo
let mirror: Mirror
let one: Oid
let two: Oid
let tag: Oid
beforeAll(async () => {
  folder = makeFolder()
  source = makeRepo(join(folder.path, 'source'))
  one = source.commit('one')
  source.git('tag', '-a', '-m', 'tagged', 'v1')
  tag = source.oid('v1')
  two = source.commit('two')
  mirror = await openMirror({ path: join(folder.path, 'mirror.git') })
  const access = { remote: { name: 'o', url: source.dir, token: null }, secret: null }
  await fetchRefs(mirror, access, ['refs/heads/*:refs/upstream/heads/*', 'refs/tags/*:refs/upstream/tags/*'])
})
afterAll(() => folder.remove())

describe('updateRefs', () => {
  beforeEach(async () => {
    for (const { ref, oid } of await listRefs(mirror, 'refs/attempts')) {
      await updateRefs(mirror, [{ ref, to: null, expected: oid }])
    }
  })

  it('makes, moves and removes refs by their old values', async () => {
    const ref = 'refs/attempts/a'
    expect(await updateRefs(mirror, [{ ref, to: one, expected: null }])).toEqual({ kind: 'updated' })
    expect(await readRef(mirror, ref)).toBe(one)
    expect(await updateRefs(mirror, [{ ref, to: two, expected: one }])).toEqual({ kind: 'updated' })
    expect(await updateRefs(mirror, [{ ref, to: null, expected: two }])).toEqual({ kind: 'updated' })
    expect(await readRef(mirror, ref)).toBeNull()
  })

  it('moves nothing when one old value does not hold, and says which and what is there', async () => {
    await updateRefs(mirror, [{ ref: 'refs/attempts/a', to: one, expected: null }])
    const outcome = await updateRefs(mirror, [
      { ref: 'refs/attempts/b', to: two, expected: null },
      { ref: 'refs/attempts/a', to: two, expected: null },
    ])
    expect(outcome).toEqual({ kind: 'stale', ref: 'refs/attempts/a', actual: one })
    expect(await readRef(mirror, 'refs/attempts/b')).toBeNull()
  })

  it('knows its own work again when it is tried twice', async () => {
    const updates = [{ ref: 'refs/attempts/a', to: one, expected: null }]
    await updateRefs(mirror, updates)
    expect(await updateRefs(mirror, updates)).toEqual({ kind: 'already-there' })
  })

  it('finishes what a try that was killed left half-way', async () => {
    await updateRefs(mirror, [{ ref: 'refs/attempts/a', to: one, expected: null }])
    const both = ['refs/attempts/a', 'refs/attempts/b'].map((ref) => ({ ref, to: one, expected: null }))
    expect(await updateRefs(mirror, both)).toEqual({ kind: 'updated' })
    expect(await readRef(mirror, 'refs/attempts/b')).toBe(one)
  })

  it('lets exactly one of many win', async () => {
    const tries = [one, two, one, two].map((to) =>
      updateRefs(mirror, [{ ref: 'refs/attempts/race', to, expected: null }]),
    )
    const outcomes = await Promise.all(tries)
    expect(outcomes.filter(({ kind }) => kind === 'updated')).toHaveLength(1)
  })

  it.each([
    [{ ref: 'main', to: 'x', expected: null }],
    [{ ref: 'refs/heads/../x', to: 'x', expected: null }],
    [{ ref: 'refs/attempts/a', to: null, expected: null }],
  ])('refuses %o', async (update) => {
    await expect(updateRefs(mirror, [update])).rejects.toMatchObject({ code: 'UNDRIFT_E_INPUT' })
  })

  it('fails for an object that the mirror does not have', async () => {
    const update = { ref: 'refs/attempts/a', to: 'a'.repeat(40), expected: null }
    await expect(updateRefs(mirror, [update])).rejects.toMatchObject({ code: 'UNDRIFT_E_GIT' })
  })
})

describe('queries', () => {
  it('peels annotated tags where it lists refs', async () => {
    expect(await listRefs(mirror, 'refs/upstream/tags')).toEqual([
      { ref: 'refs/upstream/tags/v1', oid: tag, peeled: one },
    ])
    expect(await readRef(mirror, 'refs/upstream/tags/v1')).toBe(tag)
    expect(await commitOf(mirror, 'refs/upstream/tags/v1')).toBe(one)
  })

  it('answers about commits', async () => {
    expect(await contains(mirror, { ancestor: one, descendant: two })).toBe(true)
    expect(await contains(mirror, { ancestor: two, descendant: one })).toBe(false)
    expect(await surelyContains(mirror, { ancestor: one, descendant: two })).toBe(true)
    expect(await surelyContains(mirror, { ancestor: two, descendant: one })).toBe(false)
    expect(await mergeBase(mirror, one, two)).toBe(one)
    expect(await hasObject(mirror, two)).toBe(true)
    expect(await hasObject(mirror, 'a'.repeat(40))).toBe(false)
    expect(await commitDate(mirror, one)).toMatch(/^\d+ \+0000$/)
    expect(await treeOf(mirror, one)).toBe(source.oid('HEAD~1^{tree}'))
    expect(await commitOf(mirror, await treeOf(mirror, one))).toBeNull()
    expect(await commitOf(mirror, 'refs/upstream/tags/none')).toBeNull()
  })

  it('takes only whole ids', async () => {
    await expect(hasObject(mirror, 'HEAD')).rejects.toMatchObject({ code: 'UNDRIFT_E_INPUT' })
    await expect(commitDate(mirror, '--all')).rejects.toMatchObject({ code: 'UNDRIFT_E_INPUT' })
  })
})

describe('isRefName', () => {
  it('says of every name what git says', () => {
    const piece = fc.constantFrom(
      'a',
      'Z',
      '.',
      '..',
      '/',
      '@',
      '{',
      '~',
      '^',
      ':',
      '?',
      '*',
      '[',
      '\\',
      ' ',
      '\x7f',
      '.lock',
      'é',
      '-',
    )
    const names = fc
      .array(piece, { minLength: 1, maxLength: 8 })
      .map((pieces) => `refs/heads/${pieces.join('')}`)
    fc.assert(
      fc.property(names, (name) => {
        const { status } = spawnSync('git', ['check-ref-format', name])
        expect(isRefName(name)).toBe(status === 0)
      }),
      { numRuns: 150 },
    )
  })

  it.each(['main', 'heads/main', 'refs/main', 'refs/', '', '-refs/heads/x', '+refs/heads/x'])(
    'refuses %j, which is not full',
    (name) => {
      expect(isRefName(name)).toBe(false)
    },
  )
})

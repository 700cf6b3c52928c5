import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { makeFolder, makeRepo, numberedLines, type TestFolder, type TestRepo } from '../testing.ts'
import { findSuspects, linesLost } from './suspects.ts'
import { inWorkshop } from './workshop.ts'

describe('linesLost', () => {
  const base = 'a\nb\nc\n'

  it.each([
    ['nothing where both changes are in the result', 'a\nb\nc\nd\n', 'z\na\nb\nc\n', 'z\na\nb\nc\nd\n', []],
    [
      'a line that upstream added and the result lacks',
      'a\nb\nc\nd\n',
      'z\na\nb\nc\n',
      'z\na\nb\nc\n',
      ['d'],
    ],
    [
      'a line that the patch added and the result lacks',
      'a\nb\nc\nd\n',
      'z\na\nb\nc\n',
      'a\nb\nc\nd\n',
      ['z'],
    ],
    ['a line that was removed and is back', 'a\nc\n', 'a\nb\nc\nd\n', 'a\nb\nc\nd\n', ['b']],
    ['one of two equal lines', 'a\na\nb\nc\n', 'a\nb\nc\nd\n', 'a\nb\nc\nd\n', ['a']],
    ['nothing where both sides changed the count', 'a\nc\n', 'a\nc\n', 'a\nb\nc\n', []],
  ])('finds %s', (_, ours, theirs, result, lost) => {
    expect(linesLost({ base, ours, theirs, result })).toEqual(lost)
  })
})

describe('findSuspects', () => {
  let folder: TestFolder
  let repo: TestRepo

  beforeEach(() => {
    folder = makeFolder()
    repo = makeRepo(`${folder.path}/repo`)
  })

  afterEach(() => folder.remove())

  it('names the patch, the path and the lines of a merge that lost something', async () => {
    const tree = (changes: Record<number, string>) => {
      repo.commit('x', { 'dir/a.txt': numberedLines(20, changes) })
      return repo.oid('HEAD^{tree}')
    }
    const trees = {
      base: tree({}),
      ours: tree({ 3: 'upstream' }),
      theirs: tree({ 15: 'patch' }),
      result: tree({ 15: 'patch', 18: 'other' }),
    }
    const oid = repo.oid('HEAD')
    const source = { path: `${repo.dir}/.git`, signal: null }
    const found = await inWorkshop(source, (workshop) => findSuspects(workshop, oid, trees))
    expect(found).toEqual([{ oid, path: 'dir/a.txt', lost: ['line 3', 'upstream'], kind: 'lost' }])
  })

  it('looks at a result that is the very file of the patch, too: upstream may have removed what the patch moves', async () => {
    const tree = (text: string) => {
      repo.commit('x', { 'a.txt': text })
      return repo.oid('HEAD^{tree}')
    }
    const moved = tree(`${numberedLines(20)}moved\n`)
    const trees = {
      base: tree(`moved\n${numberedLines(20)}`),
      ours: tree(numberedLines(20)),
      theirs: moved,
      result: moved,
    }
    const oid = repo.oid('HEAD')
    const source = { path: `${repo.dir}/.git`, signal: null }
    const found = await inWorkshop(source, (workshop) => findSuspects(workshop, oid, trees))
    expect(found).toEqual([{ oid, path: 'a.txt', lost: ['moved'], kind: 'lost' }])
  })
})

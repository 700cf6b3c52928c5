import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { makeFolder, makeRepo, numberedLines, type TestFolder, type TestRepo } from '../../../git/testing.ts'
import { benchReal } from './bench-real.ts'
import { readRealOptions } from './options.ts'
import { renderReal } from './render.ts'

let folder: TestFolder
let repo: TestRepo
beforeEach(() => {
  folder = makeFolder()
  repo = makeRepo(`${folder.path}/repo`)
  repo.commit('start', {
    'a.txt': numberedLines(30),
    'b.txt': 'b\r\n',
    '.gitattributes': '* text=auto eol=lf\n',
  })
  repo.git('checkout', '-q', '-b', 'fork')
  repo.commit('ours', { 'a.txt': numberedLines(30, { 3: 'ours' }) })
  repo.git('checkout', '-q', 'main')
})
afterEach(() => folder.remove())

describe('the bench of real stacks', () => {
  it.each([
    ['a stack that settles', 28, 'done'],
    ['a stack that stops', 3, 'conflict'],
  ] as const)(
    'measures %s against a rebase that ends in the same place',
    { timeout: 60_000 },
    async (_, line, kind) => {
      repo.commit('theirs', { 'a.txt': numberedLines(30, { [line]: 'theirs' }) })
      const before = repo.git('for-each-ref')
      const stacks = [{ repo: repo.dir, head: 'fork', onto: 'main', base: null }]
      const report = await benchReal({ stacks, runs: 1, explain: '1m', json: '' }, () => {})
      const [row] = report.rows
      expect(row).toMatchObject({ stack: 'fork onto main', patches: 1, merges: 0, upstream: 1, result: kind })
      expect(row?.rebase.kind).toBe(kind)
      for (const time of [row?.rebase.time, row?.engine, row?.told, row?.plan, row?.memory])
        expect(time).toBeGreaterThan(0)
      expect(row?.plan).toBeGreaterThanOrEqual(row?.told ?? Number.NaN)
      expect(renderReal(report)).toContain('| fork onto main')
      expect(repo.git('for-each-ref')).toBe(before)
      expect(repo.git('worktree', 'list').trim().split('\n')).toHaveLength(1)
    },
  )

  it('reads stacks as REPO:HEAD:ONTO[:BASE]', () => {
    const options = readRealOptions(['r:fork:main', '../x.git:v1-patches:v2:v1', '--runs', '3'])
    expect(options?.stacks).toEqual([
      { repo: 'r', head: 'fork', onto: 'main', base: null },
      { repo: '../x.git', head: 'v1-patches', onto: 'v2', base: 'v1' },
    ])
    expect(options?.runs).toBe(3)
  })

  it.each([
    [[]],
    [['r:fork']],
    [['r:fork:main:']],
    [['r:a:b:c:d']],
    [['r:a:b', '--runs', '0']],
    [['r:a:b', '--fast']],
  ])('does not understand %j', (argv) => {
    expect(readRealOptions(argv)).toBeNull()
  })
})

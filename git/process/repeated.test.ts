import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { makeFolder, makeRepo, type TestFolder, type TestRepo } from '../testing.ts'
import { runGit } from './command.ts'
import { startRepeated } from './repeated.ts'

let folder: TestFolder
let repo: TestRepo
beforeEach(() => {
  folder = makeFolder()
  repo = makeRepo(`${folder.path}/repo`)
  repo.commit('one', { 'a.txt': 'one\0\n' })
  repo.commit('two', { 'a.txt': 'two\n' })
})
afterEach(() => folder.remove())

const place = (signal: AbortSignal | null = null) => ({ path: `${repo.dir}/.git`, signal })

describe('a git command that is run again and again', () => {
  it('answers with the very bytes and the exit code of a run of its own, many at a time', async () => {
    const argv = ['merge-base', '--is-ancestor']
    const [first, second] = [repo.oid('main~1'), repo.oid('main')]
    const diff = startRepeated(place(), ['diff-tree', '-p', '--text'])
    const isAncestor = startRepeated(place(), argv)
    try {
      const answers = await Promise.all([0, 1, 2].map(() => diff.run(first, second)))
      const own = await runGit(place(), ['diff-tree', '-p', '--text', first, second])
      for (const { stdout, code } of answers) {
        expect(code).toBe(0)
        expect(stdout.equals(own.stdout)).toBe(true)
      }
      expect((await isAncestor.run(first, second)).code).toBe(0)
      expect((await isAncestor.run(second, first)).code).toBe(1)
      expect((await isAncestor.run(first, '0'.repeat(40))).code).toBe(128)
      expect((await isAncestor.run(first, second)).code).toBe(0)
    } finally {
      await Promise.all([diff.close(), isAncestor.close()])
    }
  })

  it('refuses words that a shell could read as something else', async () => {
    const diff = startRepeated(place(), ['diff-tree'])
    await expect(diff.run('main; true', 'x')).rejects.toThrow('cannot be repeated')
    await expect(diff.run('', repo.oid('main'))).rejects.toThrow('cannot be repeated')
    await diff.close()
  })

  it('ends with its place', async () => {
    const ending = new AbortController()
    const diff = startRepeated(place(ending.signal), ['diff-tree'])
    await diff.run(repo.oid('main~1'), repo.oid('main'))
    ending.abort(new Error('over'))
    await expect(diff.run(repo.oid('main~1'), repo.oid('main'))).rejects.toThrow('over')
    await diff.close()
  })
})

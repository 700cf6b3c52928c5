import { describe, expect, it } from 'vitest'
import { openRepo } from '../testing.ts'
import { groundOf, lines, treeOf, useGround, verdictsOf } from './plan-testing.ts'

const ground = useGround()
const { repo, onFork, plan } = ground

describe('a conflict', () => {
  it('names the upstream commit at which the patch stops applying, and looks past it when asked', async () => {
    onFork(() => {
      repo.commit('first', { 'a.txt': lines({ 3: 'ours' }) })
      repo.commit('depends on it', { 'a.txt': lines({ 3: 'ours again' }) })
      repo.commit('elsewhere', { 'c.txt': 'ours\n' })
    })
    repo.commit('harmless', { 'a.txt': lines({ 30: 'theirs' }) })
    const culprit = repo.commit('culprit', { 'a.txt': lines({ 3: 'theirs', 30: 'theirs' }) })
    repo.commit('later', { 'a.txt': lines({ 3: 'theirs', 30: 'theirs', 38: 'later' }) })
    const stopped = await plan()
    expect(verdictsOf(stopped)).toEqual(['conflict', null, null])
    expect(stopped.patches[0]?.conflict?.causedBy).toBe(culprit)
    expect(stopped.result).toEqual({ kind: 'conflict', at: repo.oid('fork~2'), lastGood: repo.oid('main') })
    const all = await plan({}, { onConflict: 'forecast' })
    expect(verdictsOf(all)).toEqual(['conflict', 'unchanged', 'unchanged'])
    expect(all.patches.map((patch) => patch.newOid)).toEqual([null, null, null])
  })
})

it('works in a repository of SHA-256 objects', async () => {
  const dir = `${ground.folder}/sha256`
  repo.git('init', '-q', '--object-format=sha256', '-b', 'main', dir)
  const wide = groundOf(ground.folder, openRepo(dir), () => {})
  wide.repo.commit('start', { 'a.txt': lines({}), 'b.txt': lines({}) })
  wide.repo.git('branch', 'fork')
  wide.onFork(() => wide.repo.commit('ours', { 'a.txt': lines({ 3: 'ours' }) }))
  wide.repo.commit('theirs', { 'a.txt': lines({ 30: 'theirs' }) })
  const result = await wide.plan()
  expect(verdictsOf(result)).toEqual(['unchanged'])
  expect(treeOf(result)).toMatch(/^[0-9a-f]{64}$/)
})

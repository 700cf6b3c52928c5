import { chmodSync, unlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openRepo } from '../testing.ts'
import { groundOf, lines, makeGround, type PlanGround } from './plan-testing.ts'

let ground: PlanGround
beforeEach(() => {
  ground = makeGround()
  const { repo } = ground
  ground.onFork(() => repo.commit('ours', { 'a.txt': lines({ 3: 'ours' }) }))
  repo.commit('upstream', { 'a.txt': lines({ 30: 'theirs' }) })
})
afterEach(() => ground.remove())

const refusal = (oid: string) => ({
  code: 'UNDRIFT_E_STACK',
  exitCode: 2,
  message: expect.stringContaining(oid),
})

describe('a plan in a repository', () => {
  it('that lacks an object says which, and is no fault of Git', async () => {
    const { repo } = ground
    const oid = repo.oid('fork:a.txt')
    unlinkSync(join(repo.dir, '.git/objects', oid.slice(0, 2), oid.slice(2)))
    await expect(ground.plan()).rejects.toMatchObject(refusal(oid))
  })

  it('with a damaged object says which', async () => {
    const { repo } = ground
    const oid = repo.oid('fork:a.txt')
    const file = join(repo.dir, '.git/objects', oid.slice(0, 2), oid.slice(2))
    chmodSync(file, 0o644)
    writeFileSync(file, 'nothing that git could read')
    await expect(ground.plan()).rejects.toMatchObject(refusal(oid))
  })

  it('that is a partial clone says what to do', async () => {
    const { repo, folder } = ground
    repo.git('config', 'uploadpack.allowFilter', 'true')
    const dir = `${folder}/partial`
    repo.git('clone', '-q', '--no-checkout', '--filter=blob:none', `file://${repo.dir}`, dir)
    const clone = openRepo(dir)
    clone.git('branch', '-q', 'fork', 'origin/fork')
    const there = groundOf(folder, clone, () => {})
    await expect(there.plan()).rejects.toMatchObject({
      code: 'UNDRIFT_E_STACK',
      hint: expect.stringContaining('--filter'),
    })
  })
})

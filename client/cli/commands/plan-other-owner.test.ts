import { execFileSync } from 'node:child_process'
import { mkdirSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { runHere } from '../testing.ts'
import { usePlanRepo } from './plan-testing.ts'

// Only root can give a repository to somebody else.
const isRoot = process.getuid?.() === 0
const ground = usePlanRepo()

describe.skipIf(!isRoot)('plan --repo of a repository of another owner (needs root to make one)', () => {
  it('plans it, because a person wrote its path', async () => {
    ground.repo.commit('upstream', { 'b.txt': 'theirs\n' })
    execFileSync('chown', ['-R', '12345:12345', ground.repo.dir])
    expect(await ground.plan()).toMatchObject({ code: 0, err: '' })
  })

  it('says whose it is where only a folder in it was named', async () => {
    mkdirSync(`${ground.repo.dir}/sub`)
    execFileSync('chown', ['-R', '12345:12345', ground.repo.dir])
    const argv = ['plan', '--repo', `${ground.repo.dir}/sub`, '--head', 'fork', '--onto', 'main']
    const ran = await runHere(argv, { cwd: ground.folder, env: { PATH: process.env.PATH } })
    expect(ran.code).toBe(2)
    expect(ran.err).toContain('repository of another owner')
    expect(ran.err).toContain('Name the top folder')
  })
})

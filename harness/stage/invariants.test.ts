import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { candidateRef } from '../world/config.ts'
import { git } from '../world/git.ts'
import { buildRepositories, type Repositories } from '../world/repositories.ts'
import { demandMoves } from './invariants.ts'

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'undrift-invariants-'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

/** Pushes a commit of the fork to a ref of its first remote, whatever stands there. */
async function push(repositories: Repositories, commit: string, ref: string): Promise<string> {
  await git(repositories.forkCheckout, ['push', '--quiet', '--force', 'origin', `${commit}:${ref}`])
  return git(repositories.forkCheckout, ['rev-parse', commit])
}

describe('the moves of a remote’s refs', () => {
  it('are fine when each candidate was pushed once', async () => {
    const repositories = await buildRepositories(join(folder, 'once'))
    const sha = await push(repositories, 'HEAD', candidateRef('v1.1.0'))
    await expect(demandMoves(repositories.remotes.origin, { candidates: { 'v1.1.0': sha } })).resolves.toBe(
      undefined,
    )
  })

  it('betray a candidate that was pushed twice, even if it ended where it should', async () => {
    const repositories = await buildRepositories(join(folder, 'twice'))
    await push(repositories, 'HEAD~1', candidateRef('v1.1.0'))
    const sha = await push(repositories, 'HEAD', candidateRef('v1.1.0'))
    await expect(demandMoves(repositories.remotes.origin, { candidates: { 'v1.1.0': sha } })).rejects.toThrow(
      'was pushed once',
    )
  })

  it('betray a ref that nobody was to touch', async () => {
    const repositories = await buildRepositories(join(folder, 'other'))
    await push(repositories, 'HEAD', 'refs/heads/other')
    await expect(demandMoves(repositories.remotes.origin, { candidates: {} })).rejects.toThrow(
      'no ref was moved',
    )
  })
})

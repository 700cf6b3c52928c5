import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { git } from './git.ts'
import { purposeOfJson, type ReleaseKind, settledLimits } from './releases.ts'
import {
  buildRepositories,
  commitToFork,
  makeRelease,
  type Repositories,
  rebaseForkByHand,
  remoteRefs,
} from './repositories.ts'

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'undrift-world-'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

/** Whether `check.sh` is green in a checkout. */
async function green(checkout: string): Promise<boolean> {
  return promisify(execFile)('sh', ['check.sh'], { cwd: checkout }).then(
    () => true,
    () => false,
  )
}

/** Builds a world of its own with one release of this kind in it. */
async function worldWith(name: string, kind: ReleaseKind): Promise<Repositories> {
  const repositories = await buildRepositories(join(folder, name))
  await makeRelease(repositories, 'v1.1.0', kind)
  return repositories
}

describe('the rehearsal repositories', () => {
  it('hold five patches on the first release, green on both sides, the same on both remotes', async () => {
    const repositories = await buildRepositories(join(folder, 'first'))
    expect(await git(repositories.forkCheckout, ['rev-list', '--count', 'v1.0.0..HEAD'])).toBe('5')
    expect(await green(repositories.upstreamCheckout)).toBe(true)
    expect(await green(repositories.forkCheckout)).toBe(true)
    const { origin, mirror } = await remoteRefs(repositories)
    expect(Object.keys(origin)).toEqual(['refs/heads/main'])
    expect(mirror).toEqual(origin)
  })

  it('come out with the same ids every time', async () => {
    const [one, two] = await Promise.all([worldWith('one', 'clean'), worldWith('two', 'clean')])
    expect(await remoteRefs(one)).toEqual(await remoteRefs(two))
    expect(await git(one.upstream, ['rev-parse', 'v1.1.0'])).toBe(
      await git(two.upstream, ['rev-parse', 'v1.1.0']),
    )
  })

  it.each(['clean', 'small'] as const)(
    'let the stack move onto a %s release and stay green',
    async (kind) => {
      const repositories = await worldWith(kind, kind)
      await rebaseForkByHand(repositories, 'v1.1.0')
      expect(await green(repositories.forkCheckout)).toBe(true)
    },
  )

  it('conflict in one file, which a person can settle', async () => {
    const repositories = await worldWith('conflict', 'conflicting')
    await expect(rebaseForkByHand(repositories, 'v1.1.0')).rejects.toThrow('Raise the limit')
    const unmerged = await git(repositories.forkCheckout, ['diff', '--name-only', '--diff-filter=U'])
    expect(unmerged).toBe('lib/limits.sh')
    expect(settledLimits).not.toBe(await readFile(join(repositories.forkCheckout, unmerged), 'utf8'))
  })

  it('turn red on a release that the stack merges with, and green again once the person did their part', async () => {
    const repositories = await worldWith('red', 'red-checks')
    await rebaseForkByHand(repositories, 'v1.1.0')
    expect(await green(repositories.forkCheckout)).toBe(false)
    await commitToFork(repositories, purposeOfJson)
    expect(await green(repositories.forkCheckout)).toBe(true)
  })
})

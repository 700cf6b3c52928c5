import { execFile } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { listRefs } from './git.ts'
import { type GitServer, startGitServer } from './git-server.ts'
import { buildRepositories, type Repositories } from './repositories.ts'

const token = 'a/b+c'
let folder: string
let server: GitServer
let repositories: Repositories

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'undrift-git-server-'))
  server = await startGitServer({ root: folder, token })
  repositories = await buildRepositories(join(folder, 'fork'))
  await writeFile(join(folder, 'cert.pem'), server.cert)
})
afterAll(async () => {
  await server.close()
  await rm(folder, { recursive: true, force: true })
})

/** Runs git with the server's certificate trusted and this password in every request. */
async function gitWith(password: string, ...args: readonly string[]): Promise<string> {
  const header = `Authorization: Basic ${Buffer.from(`me:${password}`).toString('base64')}`
  const { stdout } = await promisify(execFile)('git', args, {
    cwd: repositories.forkCheckout,
    env: {
      PATH: process.env.PATH,
      HOME: '/dev/null',
      GIT_TERMINAL_PROMPT: '0',
      GIT_SSL_CAINFO: join(folder, 'cert.pem'),
      GIT_CONFIG_COUNT: '1',
      GIT_CONFIG_KEY_0: 'http.extraHeader',
      GIT_CONFIG_VALUE_0: header,
    },
  })
  return stdout
}

describe('the Git host', () => {
  it('takes a push and shows refs to whoever brings the token', async () => {
    const url = `${server.address}/fork/origin.git`
    await gitWith(token, 'push', '--quiet', url, 'HEAD:refs/heads/new')
    const refs = await listRefs(repositories.remotes.origin)
    expect(refs['refs/heads/new']).toBe(refs['refs/heads/main'])
    expect(await gitWith(token, 'ls-remote', url, 'refs/heads/new')).toContain(refs['refs/heads/new'])
    expect(server.counts().let).toBeGreaterThan(0)
  })

  it('turns everybody else away', async () => {
    const before = server.counts()
    await expect(gitWith('wrong', 'ls-remote', `${server.address}/fork/origin.git`)).rejects.toThrow(
      'could not read Username',
    )
    expect(server.counts().let).toBe(before.let)
    expect(server.counts().refused).toBeGreaterThan(before.refused)
  })
})

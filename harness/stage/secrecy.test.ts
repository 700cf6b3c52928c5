import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { git } from '../world/git.ts'
import { makeCanary } from './canary.ts'
import { demandSecrecy, type SecrecyOptions } from './secrecy.ts'

const canary = makeCanary()
let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'undrift-secrecy-'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

/** An installation's leavings with one mirror and one remote in them. */
async function leavings(name: string): Promise<SecrecyOptions> {
  const data = join(folder, name, 'data')
  const remote = join(folder, name, 'remote.git')
  await mkdir(data, { recursive: true })
  await git(folder, ['init', '--quiet', '--bare', join(data, 'mirrors', 'up.git')])
  await git(folder, ['init', '--quiet', '--bare', remote])
  return { canary, data, repositories: [remote], texts: { history: '{}' } }
}

describe('the search for the planted secret', () => {
  it('is content where it is not', async () => {
    await expect(demandSecrecy(await leavings('clean'))).resolves.toBe(undefined)
  })

  it('finds it in a history, encoded', async () => {
    const options = await leavings('history')
    const history = JSON.stringify({ data: Buffer.from(`{"token":"${canary}"}`).toString('base64') })
    await expect(demandSecrecy({ ...options, texts: { history } })).rejects.toThrow('["history"]')
  })

  it('finds it in a file of the data folder', async () => {
    const options = await leavings('file')
    await mkdir(join(options.data, 'logs'))
    await writeFile(join(options.data, 'logs', 'worker.log'), `HARNESS_TOKEN=${canary}\n`)
    await expect(demandSecrecy(options)).rejects.toThrow('worker.log')
  })

  it('finds it in the configuration of a mirror', async () => {
    const options = await leavings('config')
    const mirror = join(options.data, 'mirrors', 'up.git')
    await git(mirror, ['config', 'remote.origin.url', `https://me:${encodeURIComponent(canary)}@host/x.git`])
    await expect(demandSecrecy(options)).rejects.toThrow('up.git/config')
  })

  it('finds it in an object of a remote, packed away', async () => {
    const options = await leavings('object')
    const [remote = ''] = options.repositories
    const tree = await git(remote, ['mktree', '--missing'])
    await git(remote, ['commit-tree', tree, '-m', `Push with ${canary}`])
    await expect(demandSecrecy(options)).rejects.toThrow('objects of')
  })
})

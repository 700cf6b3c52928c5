import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { makeFolder, makeRepo, type TestFolder, type TestRepo } from '../testing.ts'
import { environmentOf, runGit } from './command.ts'
import { startResident } from './resident.ts'
import { mostTogether, startTogether, type Together, type TogetherCommand } from './together.ts'

let folder: TestFolder
let repo: TestRepo
let together: Together | null = null

beforeEach(() => {
  folder = makeFolder()
  repo = makeRepo(join(folder.path, 'it is "odd"; $(touch never)'))
  repo.commit('one', { file: '1\n' })
})
afterEach(async () => {
  await together?.close()
  together = null
  folder.remove()
})

const reader = ['cat-file', '--batch']

function start(...commands: readonly TogetherCommand[]) {
  const path = join(repo.dir, '.git')
  together = startTogether(commands, { folder: path, env: environmentOf({ path, signal: null }, {}) })
  return { path, signal: null, together }
}

describe('git processes that are started together', () => {
  it('are used in place of new ones, each once, and answer as those would', async () => {
    const place = start({ argv: reader }, { argv: ['cat-file', '--batch-check'] })
    const first = startResident(place, reader, (bytes) => bytes.indexOf('missing\n') + 8 || bytes.length + 1)
    const second = startResident(place, reader, (bytes) => bytes.indexOf('missing\n') + 8 || bytes.length + 1)
    expect(String(await first.ask('none\n'))).toBe('none missing\n')
    expect(String(await second.ask('none\n'))).toBe('none missing\n')
    await Promise.all([first.close(), second.close()])
  })

  it('answer whole when they have ended before somebody asks, beside others that run', async () => {
    const argv = ['rev-parse', '--verify', 'HEAD']
    const place = start({ argv, input: 'none' }, { argv: reader })
    await expect.poll(() => existsSync(join(place.path, 'process-0.code'))).toBe(true)
    const { stdout } = await runGit(place, argv)
    expect(stdout.toString().trim()).toBe(repo.oid('HEAD'))
  })

  it('are not used when their answer may be lost, because all of them have ended', async () => {
    const argv = ['rev-parse', '--verify', 'HEAD']
    const place = start({ argv, input: 'none' })
    const told = async () => (await runGit(place, argv)).stdout.toString().trim()
    await expect.poll(() => readFileSync(join(place.path, 'process-0.code'), 'utf8')).toBe('0\n')
    expect(await told()).toBe(repo.oid('HEAD'))
  })

  it('take their words as they are, whatever a shell would make of them', async () => {
    const message = `'; touch never; "$(touch never)" \`touch never\` $1 \${2}\n*`
    const place = start({ argv: ['rev-parse', '--sq-quote', message], input: 'none' })
    const { stdout } = await runGit(place, ['rev-parse', '--sq-quote', message])
    expect(stdout.toString()).toContain('touch never')
    for (const where of [repo.dir, place.path, process.cwd()])
      expect(existsSync(join(where, 'never'))).toBe(false)
  })

  it('write into a file where that is wanted', async () => {
    const into = join(repo.dir, 'paths of it')
    const argv = ['ls-tree', '--name-only', 'HEAD']
    await runGit(start({ argv, into, input: 'none' }), argv, { into })
    expect(readFileSync(into, 'utf8')).toBe('file\n')
  })

  it('fail with the words of git', async () => {
    const place = start({ argv: ['rev-parse', '--verify', 'nothing'], input: 'none' }, { argv: reader })
    await expect(runGit(place, ['rev-parse', '--verify', 'nothing'])).rejects.toMatchObject({
      code: 'UNDRIFT_E_GIT',
      message: expect.stringContaining('Needed a single revision'),
    })
  })

  it('end when nobody took them, and when they are busy', async () => {
    const place = start({ argv: reader }, { argv: ['cat-file', '--batch-check'] })
    const resident = startResident(place, reader, (bytes) => bytes.length + 1)
    const answer = resident.ask('HEAD\n').catch((error: Error) => error)
    await place.together.close()
    expect(await answer).toMatchObject({ code: 'UNDRIFT_E_GIT' })
  })

  it('are as many as a shell has names for', () => {
    const commands = Array.from({ length: mostTogether + 1 }, () => ({ argv: reader }))
    expect(() => start(...commands)).toThrow(`more than ${mostTogether}`)
  })
})

import { mkdir, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { UndriftError } from '../domain/errors.ts'
import { findConfig, loadConfig } from './load-config.ts'

const text = `
upstreams:
  codex: { git: /srv/codex.git, feed: "https://example.org/releases.atom" }
forks:
  my-codex: { upstream: codex, remotes: { origin: /srv/mine.git }, branch: main, verify: [] }
`
let folder: string

beforeEach(async () => {
  folder = await realpath(await mkdtemp(join(tmpdir(), 'undrift-config-')))
})
afterEach(() => rm(folder, { recursive: true }))

async function failure(work: Promise<unknown>): Promise<UndriftError> {
  const error = await work.then(
    () => null,
    (reason: unknown) => reason,
  )
  expect(error).toBeInstanceOf(UndriftError)
  return error as UndriftError
}

describe('loading the config', () => {
  it('looks here and in every parent folder', async () => {
    await writeFile(join(folder, 'undrift.yaml'), text)
    await mkdir(join(folder, 'a', 'b'), { recursive: true })
    expect(await findConfig(join(folder, 'a', 'b'))).toBe(join(folder, 'undrift.yaml'))
    const config = await loadConfig({ cwd: join(folder, 'a', 'b') })
    expect(config.path).toBe(join(folder, 'undrift.yaml'))
    expect(config.forks.map(({ name }) => name)).toEqual(['my-codex'])
  })

  it('takes the file that is named', async () => {
    await writeFile(join(folder, 'other.yaml'), text)
    expect((await loadConfig({ cwd: folder, path: 'other.yaml' })).path).toBe(join(folder, 'other.yaml'))
  })

  it('says that there is none, with exit code 2', async () => {
    const error = await failure(loadConfig({ cwd: folder }))
    expect(error).toMatchObject({ code: 'UNDRIFT_E_CONFIG', exitCode: 2 })
    expect(error.message).toBe('There is no undrift.yaml here or in a parent folder.')
  })

  it('holds every problem in its message, with the file as the person named it', async () => {
    await writeFile(
      join(folder, 'undrift.yaml'),
      text.replace('git:', 'gitt:').replace('branch: main', 'branch: -x'),
    )
    const error = await failure(loadConfig({ cwd: folder }))
    expect(error.exitCode).toBe(2)
    expect(error.message).toContain('undrift.yaml:3:12: there is no such key: `gitt`')
    expect(error.message).toContain('undrift.yaml:3:3: `git` is missing')
    expect(error.message).toContain('undrift.yaml:5:76: the branch begins with a dash')
    expect(error.message).toContain('3 problems')
    expect(error.message).not.toContain(folder)
  })

  it.each([
    ['a missing file', 'none.yaml', 'there is no such file'],
    ['a folder', '.', 'this is a folder'],
    ['bytes that are no text', 'bytes.yaml', 'not UTF-8'],
    ['a huge file', 'huge.yaml', 'larger than 1 MB'],
  ])('refuses %s', async (_, path, words) => {
    await writeFile(join(folder, 'bytes.yaml'), Buffer.from([0x61, 0xff, 0xfe]))
    await writeFile(join(folder, 'huge.yaml'), '#'.repeat(1_000_001))
    const error = await failure(loadConfig({ cwd: folder, path }))
    expect(error.code).toBe('UNDRIFT_E_CONFIG')
    expect(error.message).toContain(words)
  })
})

import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { makeFolder, makeRepo, type TestFolder, type TestRepo } from '../testing.ts'
import { git, runGit } from './command.ts'
import { gitEnvironment } from './environment.ts'
import { atLeast, gitVersion, parseVersion } from './version.ts'

let folder: TestFolder
let repo: TestRepo
beforeEach(() => {
  folder = makeFolder()
  repo = makeRepo(join(folder.path, 'repo'))
  repo.commit('one', { file: '1' })
})
afterEach(() => folder.remove())

const ways = [
  ['git', git],
  ['runGit', runGit],
] as const

describe.each(ways)('%s', (_, run) => {
  it('answers with what git says and its exit code', async () => {
    const place = { cwd: repo.dir }
    expect(String((await run(place, ['rev-parse', 'HEAD'])).stdout).trim()).toBe(repo.oid('HEAD'))
    const silent = await run(place, ['rev-parse', '-q', '--verify', 'none'], { okCodes: [0, 1] })
    expect(silent.code).toBe(1)
  })

  it('fails with git’s own words, without secrets', async () => {
    const asked = run({ cwd: repo.dir }, ['rev-parse', '--verify', 'refs/heads/s3cret'], {
      secrets: ['s3cret'],
    })
    await expect(asked).rejects.toMatchObject({
      code: 'UNDRIFT_E_GIT',
      message: expect.stringContaining('git rev-parse failed'),
    })
    const shown = await run({ cwd: repo.dir }, ['cat-file', 'blob', 's3cret'], { secrets: ['s3cret'] }).catch(
      String,
    )
    expect(shown).toContain('***')
    expect(shown).not.toContain('s3cret')
  })

  it('sees neither the user’s configuration nor what the worker’s environment holds', async () => {
    const home = join(folder.path, 'home')
    mkdirSync(join(home, 'git'), { recursive: true })
    for (const path of [join(home, '.gitconfig'), join(home, 'git', 'config')]) {
      writeFileSync(path, '[user]\n\tname = Somebody\n[alias]\n\tx = !id\n')
    }
    const before = { ...process.env }
    const planted = {
      HOME: home,
      XDG_CONFIG_HOME: home,
      GIT_CONFIG_COUNT: '1',
      GIT_CONFIG_KEY_0: 'user.name',
      GIT_CONFIG_VALUE_0: 'Planted',
      GIT_DIR: '/nowhere',
      UNDRIFT_TOKEN: 's3cret',
    }
    Object.assign(process.env, planted)
    try {
      const place = { cwd: repo.dir }
      expect((await run(place, ['config', 'user.name'], { okCodes: [0, 1] })).code).toBe(1)
      expect(String((await run(place, ['config', '--list'])).stdout)).not.toContain('Planted')
    } finally {
      for (const name of Object.keys(planted)) delete process.env[name]
      Object.assign(process.env, before)
    }
  })

  it('runs no hook of the repository', async () => {
    const proof = join(folder.path, 'proof')
    writeFileSync(join(repo.dir, '.git', 'hooks', 'reference-transaction'), `#!/bin/sh\ntouch ${proof}\n`, {
      mode: 0o755,
    })
    await run({ cwd: repo.dir }, ['update-ref', 'refs/heads/x', 'HEAD'])
    expect(repo.oid('refs/heads/x')).toBe(repo.oid('HEAD'))
    expect(existsSync(proof)).toBe(false)
  })

  it('follows no replace refs', async () => {
    const one = repo.oid('HEAD')
    const two = repo.commit('two', { file: '2' })
    repo.git('replace', one, two)
    expect(String((await run({ cwd: repo.dir }, ['log', '-1', '--format=%s', one])).stdout)).toBe('one\n')
  })

  it('stops before it starts when it was aborted', async () => {
    const reason = new Error('enough')
    const signal = AbortSignal.abort(reason)
    await expect(run({ cwd: repo.dir }, ['status'], { signal })).rejects.toBe(reason)
  })

  it('says so when the folder is not there', async () => {
    await expect(run({ cwd: join(folder.path, 'none') }, ['status'])).rejects.toMatchObject({
      code: 'UNDRIFT_E_GIT',
    })
  })
})

describe('runGit', () => {
  it('hands bytes through unchanged, in and out', async () => {
    const bytes = Uint8Array.from({ length: 256 }, (_, index) => index)
    const oid = (await runGit({ cwd: repo.dir }, ['hash-object', '-w', '--stdin'], { stdin: bytes })).stdout
      .toString()
      .trim()
    expect((await runGit({ cwd: repo.dir }, ['cat-file', 'blob', oid])).stdout).toEqual(Buffer.from(bytes))
  })

  it('ends what git started, too, when it is aborted', async () => {
    const stop = new AbortController()
    const mark = join(folder.path, 'pid')
    const script = `!sh -c 'echo $$ > ${mark}.part; mv ${mark}.part ${mark}; sleep 600' & wait`
    const running = runGit({ cwd: repo.dir }, ['-c', `alias.doze=${script}`, 'doze'], { signal: stop.signal })
    running.catch(() => {})
    await expect.poll(() => existsSync(mark), { timeout: 20_000 }).toBe(true)
    const pid = Number(readFileSync(mark, 'utf8'))
    const reason = new Error('enough')
    stop.abort(reason)
    await expect(running).rejects.toBe(reason)
    await expect
      .poll(() => existsSync(`/proc/${pid}/cmdline`) && readFileSync(`/proc/${pid}/cmdline`, 'utf8') !== '', {
        timeout: 20_000,
      })
      .toBe(false)
  })

  it('hands on none of the worker’s own variables', async () => {
    process.env.UNDRIFT_PLANTED = 's3cret'
    try {
      const seen = await runGit({ cwd: repo.dir }, ['-c', 'alias.see=!env', 'see'])
      expect(seen.stdout.toString()).toContain('HOME=/dev/null')
      expect(seen.stdout.toString()).not.toContain('s3cret')
    } finally {
      delete process.env.UNDRIFT_PLANTED
    }
  })

  it('says that the disk is full', async () => {
    const full = runGit({ cwd: repo.dir }, [
      '-c',
      'alias.x=!echo "fatal: No space left on device" >&2; exit 128',
      'x',
    ])
    await expect(full).rejects.toMatchObject({ code: 'UNDRIFT_E_DISK', retryable: true })
  })
})

describe('gitEnvironment', () => {
  it('allows files only where it is told', () => {
    expect(gitEnvironment().GIT_ALLOW_PROTOCOL).toBe('https:ssh')
    expect(gitEnvironment({ protocols: ['file'] }).GIT_ALLOW_PROTOCOL).toBe('https:ssh:file')
  })

  it('hands on nothing that was not thought of', () => {
    process.env.UNDRIFT_PLANTED = 's3cret'
    try {
      expect(JSON.stringify(gitEnvironment())).not.toContain('s3cret')
    } finally {
      delete process.env.UNDRIFT_PLANTED
    }
  })
})

describe('gitVersion', () => {
  it('is at least what is needed here', async () => {
    expect(atLeast(await gitVersion(), 2, 38)).toBe(true)
  })

  it.each([
    ['git version 2.39.5', { major: 2, minor: 39, text: '2.39.5' }],
    ['git version 2.55.0.windows.1', { major: 2, minor: 55, text: '2.55.0.windows.1' }],
    ['git version 2.39.3 (Apple Git-146)', { major: 2, minor: 39, text: '2.39.3' }],
    ['hub 1.2', null],
  ])('reads %j', (line, expected) => {
    expect(parseVersion(line)).toEqual(expected)
  })

  it('refuses a git that is too old', async () => {
    const fake = join(folder.path, 'old')
    mkdirSync(fake)
    writeFileSync(join(fake, 'git'), '#!/bin/sh\necho git version 2.37.9\n', { mode: 0o755 })
    const path = process.env.PATH
    process.env.PATH = `${fake}:${path}`
    try {
      await expect(gitVersion()).rejects.toMatchObject({
        code: 'UNDRIFT_E_GIT_VERSION',
        message: expect.stringContaining('2.37.9'),
      })
    } finally {
      process.env.PATH = path
    }
  })
})

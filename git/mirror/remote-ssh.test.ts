import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Oid } from '../../domain/patch.ts'
import { push } from '../push/push.ts'
import { makeFolder, makeRepo, type TestFolder, type TestRepo } from '../testing.ts'
import type { Mirror, RemoteAccess } from '../types.ts'
import { fetchUpstream } from './fetch.ts'
import { openMirror } from './mirror.ts'
import { listRemote } from './remote.ts'

let folder: TestFolder
let source: TestRepo
let one: Oid
let mirror: Mirror
let log: string
const before = { PATH: process.env.PATH, SSH_AUTH_SOCK: process.env.SSH_AUTH_SOCK }

beforeEach(async () => {
  folder = makeFolder()
  source = makeRepo(join(folder.path, 'source'))
  one = source.commit('one', { file: '1' })
  source.git('tag', 'v1')
  mirror = await openMirror({ path: join(folder.path, 'mirror.git') })
  log = join(folder.path, 'ssh.log')
  process.env.SSH_AUTH_SOCK = '/run/agent'
})
afterEach(() => {
  for (const [name, value] of Object.entries(before)) {
    if (value === undefined) delete process.env[name]
    else process.env[name] = value
  }
  folder.remove()
})

/** An `ssh` that notes how it was called and runs the far side's command here. */
function standIn(script: string): void {
  const bin = join(folder.path, 'bin')
  mkdirSync(bin, { recursive: true })
  const body = `#!/bin/sh\nprintf '%s\\n' "$@" > ${log}\nenv >> ${log}\n${script}\n`
  writeFileSync(join(bin, 'ssh'), body, { mode: 0o755 })
  process.env.PATH = `${bin}:${before.PATH}`
}

function access(): RemoteAccess {
  const remote = { name: 'origin', url: `git@git.example.org:${source.dir}`, token: null }
  return { remote, secret: 'not-for-ssh' }
}

describe('an ssh remote', () => {
  it('is fetched from and pushed to without ever asking, with the agent and without the token', async () => {
    standIn('for last; do :; done; exec sh -c "$last"')
    expect(await fetchUpstream(mirror, access(), { tag: 'v1' })).toMatchObject({ kind: 'ok' })
    const update = { ref: 'refs/heads/candidate', to: one, expected: null }
    expect(await push(mirror, access(), [update])).toEqual({ kind: 'pushed' })
    expect(source.oid('refs/heads/candidate')).toBe(one)
    const called = readFileSync(log, 'utf8')
    expect(called).toContain('-oBatchMode=yes\n')
    expect(called).toContain('\ngit@git.example.org\n')
    expect(called).toContain('\nSSH_AUTH_SOCK=/run/agent\n')
    expect(called).not.toContain('not-for-ssh')
  })

  it.each([
    ['git@git.example.org: Permission denied (publickey).', 'UNDRIFT_E_AUTH', 'SSH key'],
    ['Host key verification failed.', 'UNDRIFT_E_AUTH', 'known_hosts'],
    ['ssh: connect to host git.example.org port 22: Connection timed out', 'UNDRIFT_E_REMOTE', 'network'],
    [
      'ssh: Could not resolve hostname git.example.org: Name or service not known',
      'UNDRIFT_E_REMOTE',
      'network',
    ],
  ])('%s', async (words, code, hint) => {
    standIn(`echo "${words}" >&2; exit 255`)
    await expect(listRemote(mirror, access(), ['refs/heads/*'])).rejects.toMatchObject({
      code,
      message: expect.stringContaining(words),
      hint: expect.stringContaining(hint),
    })
  })
})

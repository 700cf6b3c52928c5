import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { loadConfig } from './load-config.ts'
import { parseConfig } from './parse-config.ts'
import type { KeyReader } from './signer-keys.ts'
import { example } from './testing-example.ts'

const fingerprint = '6F2C1D0E93A477B15E084C61A0D2B3F48E95C716'
const armoured = '-----BEGIN PGP PUBLIC KEY BLOCK-----\n\nmDMEZ\n-----END PGP PUBLIC KEY BLOCK-----\n'
const blob = Buffer.concat([Buffer.from([0, 0, 0, 11]), Buffer.from('ssh-ed25519'), Buffer.alloc(36, 7)])
const ssh = `ssh-ed25519 ${blob.toString('base64')}`

function withSigners(yaml: string): string {
  return example.replace('    poll: 10m\n', `    poll: 10m\n    signedBy: ${yaml}\n`)
}

function signersOf(yaml: string, text = armoured) {
  const readKey: KeyReader = () => ({ kind: 'ok', text })
  const parsed = parseConfig(withSigners(yaml), 'undrift.yaml', { readKey })
  return parsed.kind === 'ok' ? parsed.config.upstreams[0]?.signedBy : parsed.problems
}

describe('signedBy', () => {
  it('takes GPG keys by fingerprint and file, and SSH keys as they stand in a .pub file', () => {
    const spaced = '6F2C 1D0E 93A4 77B1 5E08  4c61 a0d2 b3f4 8e95 c716'
    const yaml = `[{ gpg: "${spaced}", key: keys/release.asc }, { ssh: "${ssh} Ada Example" }, { ssh: "${ssh}" }]`
    expect(signersOf(yaml)).toEqual([
      { kind: 'gpg', fingerprint, key: armoured },
      { kind: 'ssh', key: ssh, comment: 'Ada Example' },
      { kind: 'ssh', key: ssh, comment: null },
    ])
  })

  it.each([
    ['a short key id', `[{ gpg: 8E95C716, key: a.asc }]`, 'this is not a whole fingerprint', '[0].gpg'],
    ['a key that was cut', `[{ ssh: "${ssh.slice(0, 40)}" }]`, 'this is not an SSH public key', '[0].ssh'],
    [
      'another type than the key is of',
      `[{ ssh: "${ssh.replace('ssh-ed25519', 'ssh-rsa')}" }]`,
      'this is not an SSH public key',
      '[0].ssh',
    ],
    ['a signer without a key', `[{ gpg: ${fingerprint} }]`, '`key` is missing', '[0]'],
    [
      'a signer of two kinds',
      `[{ gpg: ${fingerprint}, key: a.asc, ssh: "${ssh}" }]`,
      'a signer has either `gpg` or `ssh`',
      '[0]',
    ],
    ['a file for an SSH key', `[{ ssh: "${ssh}", key: a.pub }]`, '`key` goes with `gpg` only', '[0].key'],
    ['an empty list', '[]', 'this is too small', ''],
    ['a key of its own', `[{ ssh: "${ssh}", comment: x }]`, 'there is no such key: `comment`', '[0].comment'],
  ])('refuses %s at its place', (_, yaml, message, path) => {
    expect(signersOf(yaml)).toMatchObject([{ message, path: `upstreams.codex.signedBy${path}`, line: 6 }])
  })

  it.each([
    ['a private key', '-----BEGIN PGP PRIVATE KEY BLOCK-----\n', 'this is a private key'],
    ['a file that is no key', 'hello', 'this is no armoured GPG public key'],
    [
      'keys that are too large to travel',
      armoured + 'x'.repeat(32_000),
      'the keys of this upstream are larger than 32 kB together',
    ],
  ])('refuses %s', (_, text, message) => {
    const problems = signersOf(`[{ gpg: ${fingerprint}, key: a.asc }]`, text)
    expect(problems).toMatchObject([{ message, path: 'upstreams.codex.signedBy[0].key', line: 6 }])
  })
})

describe('the file of a key', () => {
  let folder: string
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'undrift-keys-'))
  })
  afterEach(() => rmSync(folder, { recursive: true }))

  function load(key: string) {
    const path = join(folder, 'undrift.yaml')
    writeFileSync(path, withSigners(`[{ gpg: ${fingerprint}, key: ${key} }]`))
    return loadConfig({ path, cwd: '/' })
  }

  it('is looked for beside the config, wherever the command runs', async () => {
    mkdirSync(join(folder, 'keys'))
    writeFileSync(join(folder, 'keys', 'release.asc'), armoured)
    const { upstreams } = await load('keys/release.asc')
    expect(upstreams[0]?.signedBy).toEqual([{ kind: 'gpg', fingerprint, key: armoured }])
  })

  it('is reported with line and column when it is not there, or no file', async () => {
    await expect(load('keys/none.asc')).rejects.toMatchObject({
      code: 'UNDRIFT_E_CONFIG',
      message: expect.stringMatching(/undrift\.yaml:6:\d+.*there is no such file/s),
    })
    await expect(load('.')).rejects.toThrow('this is a folder')
  })
})

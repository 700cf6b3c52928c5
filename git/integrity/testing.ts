import { execFileSync, spawnSync } from 'node:child_process'
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { SignerKey } from '../../domain/settings.ts'

/** Why a test that signs cannot run here; null when it can. */
export function missingProgram(program: 'gpg' | 'ssh-keygen'): string | null {
  // The agent holds the secret keys that a test signs with; the check itself does without.
  const needed = program === 'gpg' ? ['gpg', 'gpg-agent'] : [program]
  const lacking = needed.filter((name) => spawnSync(name, ['--version']).error !== undefined)
  return lacking.length === 0 ? null : `${lacking.join(' and ')} not installed here`
}

/** A PATH on which there is git and nothing else. */
export function onlyGit(folder: string): string {
  mkdirSync(folder, { recursive: true })
  symlinkSync(execFileSync('sh', ['-c', 'command -v git'], { encoding: 'utf8' }).trim(), join(folder, 'git'))
  return folder
}

/** A key that a test signs with. */
export interface TestKey {
  /** As it stands in the settings. */
  readonly key: SignerKey
  /** What `git tag` needs to sign with it; `-s -m …` and the name follow. */
  readonly flags: readonly string[]
}

/** A gpg home of its own, with an agent that ends with it. */
export interface TestKeyring {
  readonly home: string
  /** Makes a key; `expire` as gpg takes it, such as `seconds=1`. */
  readonly make: (name: string, expire?: string) => TestKey & { readonly fingerprint: string }
  readonly gpg: (...argv: string[]) => string
  readonly exported: (fingerprint: string) => string
  readonly remove: () => void
}

/** A new keyring of a test. */
export function makeKeyring(): TestKeyring {
  // The agent's socket lies in it, and the system bounds the length of its path.
  const home = mkdtempSync(join(tmpdir(), 'undrift-gpg-'))
  chmodSync(home, 0o700)
  const env = { PATH: process.env.PATH ?? '', HOME: home, GNUPGHOME: home, LC_ALL: 'C' }
  const gpg = (...argv: string[]) =>
    execFileSync(
      'gpg',
      ['--batch', '--no-tty', '--yes', '--pinentry-mode', 'loopback', '--passphrase', '', ...argv],
      {
        env,
        encoding: 'utf8',
        stdio: ['ignore', 'pipe', 'pipe'],
      },
    )
  const program = join(home, 'gpg-of-this-test')
  writeFileSync(
    program,
    `#!/bin/sh\nGNUPGHOME='${home}' exec gpg --batch --pinentry-mode loopback --passphrase '' "$@"\n`,
  )
  chmodSync(program, 0o755)
  const exported = (fingerprint: string) => gpg('--armor', '--export', fingerprint)
  return {
    home,
    gpg,
    exported,
    make: (name, expire = 'never') => {
      gpg('--quick-generate-key', `${name} <${name.toLowerCase()}@example.org>`, 'ed25519', 'sign', expire)
      const listed = gpg('--list-keys', '--with-colons', `${name.toLowerCase()}@example.org`)
      const fingerprint = /^fpr:+([0-9A-F]{40}):/m.exec(listed)?.[1] ?? ''
      return {
        fingerprint,
        key: { kind: 'gpg', fingerprint, key: exported(fingerprint) },
        flags: ['-c', `gpg.program=${program}`, '-c', `user.signingKey=${fingerprint}`],
      }
    },
    remove: () => {
      spawnSync('gpgconf', ['--kill', 'all'], { env })
      rmSync(home, { recursive: true, force: true })
    },
  }
}

/** A new SSH key in a folder of the test. */
export function makeSshKey(folder: string, name: string): TestKey {
  mkdirSync(folder, { recursive: true })
  const file = join(folder, name)
  execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', name, '-f', file])
  const [type, blob, comment = null] = readFileSync(`${file}.pub`, 'utf8').trim().split(' ')
  return {
    key: { kind: 'ssh', key: `${type} ${blob}`, comment },
    flags: ['-c', 'gpg.format=ssh', '-c', `user.signingKey=${file}`],
  }
}

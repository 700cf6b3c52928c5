import { execFile } from 'node:child_process'
import { mkdir, readFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import type { Repositories } from './repositories.ts'

/** Who may sign upstream's releases, and who has a key that nobody named. */
export const signerNames = ['uma', 'mallory'] as const
export type SignerName = (typeof signerNames)[number]

const run = promisify(execFile)

function keyFile({ upstream }: Pick<Repositories, 'upstream'>, name: SignerName): string {
  return join(dirname(upstream), 'keys', name)
}

/** Makes an SSH key for each of them; answers the public one that the config names. */
export async function makeKeys(repositories: Pick<Repositories, 'upstream'>): Promise<string> {
  for (const name of signerNames) {
    const file = keyFile(repositories, name)
    await mkdir(dirname(file), { recursive: true })
    await run('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', `${name}@upstream.example`, '-f', file])
  }
  return (await readFile(`${keyFile(repositories, 'uma')}.pub`, 'utf8')).trim()
}

/** What makes `git tag` sign with a key. */
export function signingFlags(
  repositories: Pick<Repositories, 'upstream'>,
  name: SignerName,
): readonly string[] {
  return [
    '-c',
    'gpg.format=ssh',
    '-c',
    `user.signingKey=${keyFile(repositories, name)}`,
    '-c',
    'tag.gpgSign=true',
  ]
}

import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { PinnedRelease } from '../../domain/release.ts'
import type { SignerKey } from '../../domain/settings.ts'
import type { Mirror } from '../types.ts'
import { checkGpgSignature } from './gpg-signature.ts'
import type { SignatureCheck } from './signature.ts'
import { checkSshSignature, sshFingerprint } from './ssh-signature.ts'
import { readTagObject } from './tag-object.ts'

/**
 * Whether a release's tag is signed with one of the named keys. The user's keyring, agent and configuration are never
 * looked at, nor the network. A tag object that calls itself by another name is refused: it was moved under this one.
 */
export async function checkTagSignature(
  mirror: Mirror,
  release: Pick<PinnedRelease, 'tag' | 'tagObject'>,
  keys: readonly SignerKey[],
): Promise<SignatureCheck> {
  const tag = await readTagObject(mirror, release.tagObject)
  if (tag === null) {
    const reason = 'The tag is lightweight: it names a commit and cannot be signed itself.'
    return { kind: 'unsigned', reason }
  }
  const { signature } = tag
  if (signature === null) return { kind: 'unsigned', reason: 'The tag object holds no signature.' }
  if (tag.name !== release.tag) {
    return {
      kind: 'refused',
      reason: `The tag object calls itself ${tag.name}: what was signed is another tag.`,
    }
  }
  if (signature.format === 'other') {
    return { kind: 'refused', reason: 'It is signed with X.509, which no key in the config can speak for.' }
  }
  // Long paths break gpg's sockets: the system's own temporary folder is short.
  const folder = await mkdtemp(join(tmpdir(), 'undrift-keys-'))
  try {
    const work = { folder, signal: mirror.signal }
    const signed = { ...tag, signature }
    return signature.format === 'gpg'
      ? await checkGpgSignature(signed, keys.filter(isGpg), work)
      : await checkSshSignature(signed, keys.filter(isSsh), work)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/** A named key as a person knows it. */
export function keyName(key: SignerKey): string {
  if (key.kind === 'gpg') return `GPG key ${key.fingerprint}`
  return `SSH key ${sshFingerprint(key.key)}${key.comment === null ? '' : ` (${key.comment})`}`
}

function isGpg(key: SignerKey): key is Extract<SignerKey, { kind: 'gpg' }> {
  return key.kind === 'gpg'
}

function isSsh(key: SignerKey): key is Extract<SignerKey, { kind: 'ssh' }> {
  return key.kind === 'ssh'
}

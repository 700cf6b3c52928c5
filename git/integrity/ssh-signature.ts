import { createHash } from 'node:crypto'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { SignerKey } from '../../domain/settings.ts'
import type { SignatureWork } from './gpg-signature.ts'
import { runTool } from './run-tool.ts'
import type { SignatureCheck } from './signature.ts'
import type { TagObject, TagSignatureText } from './tag-object.ts'

type SshKey = Extract<SignerKey, { kind: 'ssh' }>

/** The namespace that git signs in: a signature made for anything else does not count. */
const namespace = 'git'

/** Checks a tag's SSH signature against the named keys. */
export async function checkSshSignature(
  tag: TagObject & { readonly signature: TagSignatureText },
  keys: readonly SshKey[],
  work: SignatureWork,
): Promise<SignatureCheck> {
  const signature = join(work.folder, 'tag.sig')
  const allowed = join(work.folder, 'allowed-signers')
  await writeFile(signature, tag.signature.text)
  const keygen = (argv: readonly string[]) =>
    runTool('ssh-keygen', ['-Y', ...argv], { folder: work.folder, stdin: tag.payload, signal: work.signal })
  const seen = await keygen(['check-novalidate', '-n', namespace, '-s', signature])
  if (seen.kind === 'missing') return { kind: 'tool-missing', program: 'ssh-keygen' }
  const maker = /\bwith (\S+) key (SHA256:\S+)/.exec(seen.stdout)
  if (seen.code !== 0 || maker === null) {
    return { kind: 'refused', reason: `The signature does not fit the tag: ${firstLine(seen.stderr)}` }
  }
  const [, type, fingerprint = ''] = maker
  const key = keys.find((each) => sshFingerprint(each.key) === fingerprint)
  if (key === undefined) {
    const reason = `It is signed with the ${type} key ${fingerprint}, which is not among the named keys.`
    return { kind: 'refused', reason }
  }
  await writeFile(allowed, `signer namespaces="${namespace}" ${key.key}\n`)
  const checked = await keygen(['verify', '-f', allowed, '-I', 'signer', '-n', namespace, '-s', signature])
  if (checked.kind !== 'ended' || checked.code !== 0) {
    const words =
      checked.kind === 'ended' ? firstLine(checked.stderr || checked.stdout) : 'ssh-keygen is gone'
    return { kind: 'refused', reason: `ssh-keygen does not take the signature of ${fingerprint}: ${words}` }
  }
  const name = `SSH key ${fingerprint}${key.comment === null ? '' : ` (${key.comment})`}`
  return { kind: 'good', signer: { id: `ssh:${fingerprint}`, name } }
}

/** What `ssh-keygen -l` shows for a public key. */
export function sshFingerprint(key: string): string {
  const blob = Buffer.from(key.split(' ')[1] ?? '', 'base64')
  return `SHA256:${createHash('sha256').update(blob).digest('base64').replace(/=+$/, '')}`
}

function firstLine(words: string): string {
  return words.trim().split('\n', 1)[0] || 'ssh-keygen says nothing of it.'
}

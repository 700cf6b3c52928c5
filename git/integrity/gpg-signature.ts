import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { SignerKey } from '../../domain/settings.ts'
import { runTool, type ToolResult } from './run-tool.ts'
import type { SignatureCheck, Signer } from './signature.ts'
import type { TagObject, TagSignatureText } from './tag-object.ts'

type GpgKey = Extract<SignerKey, { kind: 'gpg' }>

export interface SignatureWork {
  /** A folder for this check alone. */
  readonly folder: string
  readonly signal: AbortSignal | null
}

/** No options file, no agent, no network; trust is not the question: the named fingerprints are. */
const base = [
  ...['--batch', '--no-tty', '--no-options', '--no-autostart', '--disable-dirmngr', '--no-auto-key-retrieve'],
  ...['--no-auto-key-locate', '--no-auto-check-trustdb', '--trust-model', 'always', '--status-fd', '1'],
]

/** Verdicts of gpg of which a sound check gives exactly one. Source: GnuPG's doc/DETAILS. */
const verdicts = ['GOODSIG', 'BADSIG', 'ERRSIG', 'EXPSIG', 'EXPKEYSIG', 'REVKEYSIG']

/** Checks a tag's OpenPGP signature with a keyring that holds the named keys alone. */
export async function checkGpgSignature(
  tag: TagObject & { readonly signature: TagSignatureText },
  keys: readonly GpgKey[],
  work: SignatureWork,
): Promise<SignatureCheck> {
  const gpg = (argv: readonly string[], stdin: Buffer) =>
    runTool('gpg', [...base, ...argv], { folder: work.folder, stdin, signal: work.signal })
  for (const { fingerprint, key } of keys) {
    const imported = await gpg(['--import'], Buffer.from(key))
    if (imported.kind === 'missing') return { kind: 'tool-missing', program: 'gpg' }
    const listed = await gpg(['--list-keys', '--with-colons', fingerprint], Buffer.alloc(0))
    if (listed.kind === 'ended' && listed.code === 0) continue
    return {
      kind: 'refused',
      reason: `The key that the config gives for ${fingerprint} does not hold that key.`,
    }
  }
  const file = join(work.folder, 'tag.sig')
  await writeFile(file, tag.signature.text)
  const result = await gpg(['--verify', '--', file, '-'], tag.payload)
  return result.kind === 'missing' ? { kind: 'tool-missing', program: 'gpg' } : judged(result, keys)
}

function judged(result: Extract<ToolResult, { kind: 'ended' }>, keys: readonly GpgKey[]): SignatureCheck {
  const lines = result.stdout
    .split('\n')
    .filter((line) => line.startsWith('[GNUPG:] '))
    .map((line) => line.slice('[GNUPG:] '.length).split(' '))
  const found = lines.filter(([word]) => verdicts.includes(word ?? ''))
  const [verdict] = found
  if (verdict === undefined)
    return { kind: 'refused', reason: 'gpg finds no signature in it that it can read.' }
  if (found.length > 1) return { kind: 'refused', reason: 'It holds more than one signature.' }
  const [word, id = 'a key without an id', ...name] = verdict
  const valid = lines.find(([each]) => each === 'VALIDSIG')
  const made = `the key ${valid?.[1] ?? id}${name.length > 0 && word !== 'ERRSIG' ? ` (${name.join(' ')})` : ''}`
  switch (word) {
    case 'GOODSIG':
      return goodSignature(valid, { name: name.join(' '), keys, made })
    case 'EXPKEYSIG':
      return { kind: 'refused', reason: `It is signed with ${made}, which has expired.` }
    case 'EXPSIG':
      return { kind: 'refused', reason: `The signature of ${made} has expired.` }
    case 'REVKEYSIG':
      return { kind: 'refused', reason: `It is signed with ${made}, which was revoked.` }
    case 'BADSIG':
      return { kind: 'refused', reason: `The signature does not fit the tag; it names ${made}.` }
    default:
      return {
        kind: 'refused',
        reason: `It is signed with ${unknownKey(lines, id)}, which is not among the named keys.`,
      }
  }
}

/** `VALIDSIG <fingerprint> … <fingerprint of the primary key>`; the last one is missing in a signature by a v3 key. */
function goodSignature(
  valid: readonly string[] | undefined,
  { name, keys, made }: { readonly name: string; readonly keys: readonly GpgKey[]; readonly made: string },
): SignatureCheck {
  const key = valid?.[1] ?? ''
  const primary = valid?.[10] ?? key
  if (key === '' || !keys.some(({ fingerprint }) => fingerprint === key || fingerprint === primary)) {
    return { kind: 'refused', reason: `It is signed with ${made}, which is not among the named keys.` }
  }
  const signer: Signer = { id: `gpg:${primary}`, name: `GPG key ${primary} (${name})` }
  return { kind: 'good', signer }
}

/** A key that nobody named is known by what the signature says of it. */
function unknownKey(lines: readonly (readonly string[])[], id: string): string {
  const error = lines.find(([word]) => word === 'ERRSIG')
  const fingerprint = error?.[7]
  return `the key ${fingerprint === undefined || fingerprint === '-' ? id : fingerprint}`
}

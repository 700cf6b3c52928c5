import type { SignerKey } from '../domain/settings.ts'
import type { Fault } from './fault.ts'
import type { LocatedFault } from './located-fault.ts'
import { entriesOf, fieldOf, listOf, textOf } from './loose.ts'
import type { SignerEntry } from './signer-schema.ts'

/** Gives the text of a key file that a config names, or says what is wrong with it. */
export type KeyReader = (path: string) => KeyFile
export type KeyFile =
  | { readonly kind: 'ok'; readonly text: string }
  | { readonly kind: 'unreadable'; readonly message: string }

const begin = '-----BEGIN PGP PUBLIC KEY BLOCK-----'
/** All keys of an upstream together, in characters: they travel in every attempt's input. */
const mostKeyText = 32_000

/** A text that is no file of ours: whoever parses a config alone reads nothing beside it. */
export function noKeyFiles(): KeyFile {
  return { kind: 'unreadable', message: 'key files cannot be read from here' }
}

/** What is wrong with the key files that a document names. Works on a document that the schema refuses, too. */
export function signerFaults(document: unknown, readKey: KeyReader): readonly LocatedFault[] {
  return entriesOf(fieldOf(document, 'upstreams')).flatMap(([name, upstream]) => {
    let length = 0
    return listOf(fieldOf(upstream, 'signedBy')).flatMap((entry, index): LocatedFault[] => {
      const named = textOf(fieldOf(entry, 'key'))
      if (named === null || named.trim() === '') return []
      const at = { path: ['upstreams', name, 'signedBy', index, 'key'], at: 'value' } as const
      const file = keyText(named, readKey)
      if (file.kind === 'unreadable') return [{ ...at, kind: 'bad-value', message: file.message }]
      length += file.text.length
      const fault = keyFault(file.text, length)
      return fault === null ? [] : [{ ...at, ...fault }]
    })
  })
}

function keyFault(text: string, length: number): Fault | null {
  if (/-----BEGIN [A-Z ]*PRIVATE KEY/.test(text)) {
    return {
      kind: 'secret',
      message: 'this is a private key',
      hint: 'Name the public one, as `gpg --export --armor FINGERPRINT` writes it.',
    }
  }
  const minimal = 'gpg --export --armor --export-options export-minimal FINGERPRINT'
  if (!text.includes(begin)) {
    return {
      kind: 'bad-value',
      message: 'this is no armoured GPG public key',
      hint: `\`${minimal}\` writes one.`,
    }
  }
  if (length <= mostKeyText) return null
  return {
    kind: 'bad-value',
    message: `the keys of this upstream are larger than ${mostKeyText / 1000} kB together`,
    hint: `\`${minimal}\` leaves the signatures of others out.`,
  }
}

/** The key as it travels in the settings. The entry and its file were found to be sound. */
export function toSignerKey(entry: SignerEntry, readKey: KeyReader): SignerKey {
  const { gpg, key = '', ssh = '' } = entry
  if (gpg === undefined) {
    const [type, blob, ...comment] = ssh.trim().split(/ +/)
    return { kind: 'ssh', key: `${type} ${blob}`, comment: comment.length === 0 ? null : comment.join(' ') }
  }
  const file = keyText(key, readKey)
  if (file.kind === 'unreadable')
    throw new Error(`A key file went away while the config was read: ${file.message}`)
  return { kind: 'gpg', fingerprint: gpg.replaceAll(' ', '').toUpperCase(), key: file.text }
}

function keyText(named: string, readKey: KeyReader): KeyFile {
  return named.includes('-----BEGIN') ? { kind: 'ok', text: named } : readKey(named)
}

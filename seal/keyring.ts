import { type KeyObject, sign, verify } from 'node:crypto'
import { appendFileSync, mkdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import type { DataFolder } from '../config/data-folder.ts'
import { type KeyKind, keyKinds, type Seal } from '../domain/sealed.ts'
import {
  keyId,
  keysFolder,
  parsePublic,
  publicFile,
  publicWord,
  type SigningKey,
  signingKey,
} from './keys.ts'

/** A key whose signatures count. */
export interface TrustedKey {
  readonly kind: KeyKind
  readonly id: string
  readonly key: KeyObject
  /** What was signed before counts for nothing, ISO 8601: a verdict that a workflow acted on must not change later. */
  readonly since: string
}

/** The key that a process signs with, and those that it trusts. */
export interface Keyring {
  readonly own: SigningKey
  /** Signs bytes; the time of it is signed, too. */
  readonly sign: (content: (at: string) => Buffer) => { readonly at: string; readonly signature: Buffer }
  /** Who signed this; null where nobody did whose signature counts. */
  readonly check: (claim: Claim) => Seal | null
}

export interface Claim {
  readonly id: string
  readonly at: string
  readonly signature: Uint8Array
  readonly content: Buffer
}

const always = ''

/** Opens the ring of a data folder. A process of the role `verify` alone signs with a key that is good for nothing else. */
export function openKeyring(
  kind: KeyKind,
  from: { readonly data: DataFolder; readonly env: NodeJS.ProcessEnv },
): Keyring {
  const own = signingKey(kind, from)
  const file = trustFile(from.data)
  const files = [file, ...keyKinds.map((each) => publicFile(from.data, each))]
  let known = new Map<string, TrustedKey>()
  let stamp = ''

  function refresh(): void {
    const now = files.map(stampOf).join()
    if (stamp === now) return
    stamp = now
    known = new Map([...readTrusted(file), ...ownKeys(own, from.data)].map((each) => [each.id, each]))
  }

  function find(id: string): TrustedKey | undefined {
    if (!known.has(id)) refresh()
    return known.get(id)
  }

  return {
    own,
    sign: (content) => {
      const at = new Date().toISOString()
      return { at, signature: sign(null, content(at), own.secret) }
    },
    check: ({ id, at, signature, content }) => {
      const trusted = find(id)
      if (trusted === undefined || at < trusted.since) return null
      return verify(null, content, trusted.key, signature) ? { by: id, at, kind: trusted.kind } : null
    },
  }
}

/** Takes the public half of another machine's key; what it signs from now on counts. */
export function trustKey(
  data: DataFolder,
  { kind, key, note }: { readonly kind: KeyKind; readonly key: KeyObject; readonly note: string },
): 'added' | 'known' {
  const file = trustFile(data)
  const id = keyId(key)
  if (readTrusted(file).some((each) => each.id === id && each.kind === kind)) return 'known'
  mkdirSync(keysFolder(data), { recursive: true, mode: 0o700 })
  appendFileSync(file, `${[kind, publicWord(key), new Date().toISOString(), note].join(' ').trim()}\n`, {
    mode: 0o600,
  })
  return 'added'
}

function trustFile(data: DataFolder): string {
  return join(keysFolder(data), 'trusted')
}

/** The keys of this folder, by their public halves: a process that signs only checks never reads the other one's secret. */
function ownKeys(own: SigningKey, data: DataFolder): readonly TrustedKey[] {
  return keyKinds.flatMap((kind) => {
    const key = own.kind === kind ? own.public : parsePublic(readIfThere(publicFile(data, kind)).trim())
    return key === null ? [] : [{ kind, id: keyId(key), key, since: always }]
  })
}

/** The last line of a key counts: one that was trusted anew is trusted from then on. */
function readTrusted(file: string): readonly TrustedKey[] {
  return readIfThere(file)
    .split('\n')
    .flatMap((line) => {
      const [word, text = '', since = ''] = line.trim().split(/\s+/)
      const kind = keyKinds.find((each) => each === word)
      const key = parsePublic(text)
      return kind === undefined || key === null ? [] : [{ kind, id: keyId(key), key, since }]
    })
}

function readIfThere(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return ''
    throw error
  }
}

function stampOf(file: string): string {
  const at = statSync(file, { throwIfNoEntry: false })
  return at === undefined ? 'none' : `${at.mtimeMs} ${at.size}`
}

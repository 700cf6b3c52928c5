import {
  createHash,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
} from 'node:crypto'
import { linkSync, mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { DataFolder } from '../config/data-folder.ts'
import { UndriftError } from '../domain/errors.ts'
import type { KeyKind } from '../domain/sealed.ts'

/** A key that this process signs with. */
export interface SigningKey {
  readonly kind: KeyKind
  readonly id: string
  readonly secret: KeyObject
  readonly public: KeyObject
}

/** Holds the installation's key as PEM where it is not to lie in the data folder. */
const keyVariable = 'UNDRIFT_KEY'

/** The key of this kind that the data folder, or the environment, has; made where there is none. */
export function signingKey(
  kind: KeyKind,
  { data, env }: { readonly data: DataFolder; readonly env: NodeJS.ProcessEnv },
): SigningKey {
  const named = kind === 'installation' ? env[keyVariable] : undefined
  const path = keyFile(data, kind)
  const pem = named || (readKeyFile(path) ?? makeKeyFile(path))
  const secret = parseSecret(pem, named ? keyVariable : path)
  const publicKey = createPublicKey(secret)
  showPublic(publicFile(data, kind), publicKey)
  return { kind, id: keyId(publicKey), secret, public: publicKey }
}

/** Names a key: the first 16 hexadecimal digits of the SHA-256 of its public half. */
export function keyId(key: KeyObject): string {
  return createHash('sha256').update(rawPublic(key)).digest('hex').slice(0, 16)
}

/** The public half as one word. */
export function publicWord(key: KeyObject): string {
  return `ed25519:${Buffer.from(rawPublic(key)).toString('base64url')}`
}

/** Reads what publicWord wrote; null for anything else. */
export function parsePublic(word: string): KeyObject | null {
  const [, x] = /^ed25519:([A-Za-z0-9_-]{43})$/.exec(word) ?? []
  if (x === undefined) return null
  try {
    return createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x }, format: 'jwk' })
  } catch {
    return null
  }
}

/** The folder of an installation's keys. */
export function keysFolder(data: DataFolder): string {
  return join(data.root, 'keys')
}

/** Where the public half lies, for the other processes of the data folder. */
export function publicFile(data: DataFolder, kind: KeyKind): string {
  return join(keysFolder(data), `${kind}.pub`)
}

function keyFile(data: DataFolder, kind: KeyKind): string {
  return join(keysFolder(data), `${kind}.pem`)
}

function rawPublic(key: KeyObject): Buffer {
  return Buffer.from(key.export({ format: 'jwk' }).x ?? '', 'base64url')
}

/** The key in a file that nobody else may read, as ssh wants it; null where there is none. */
function readKeyFile(path: string): string | null {
  try {
    const { mode } = statSync(path)
    if ((mode & 0o077) !== 0) {
      throw new UndriftError('UNDRIFT_E_USAGE', `The key ${path} can be read by others.`, {
        hint: `If nobody can have read it: chmod 600 ${path}. Otherwise remove it: the next \`undrift up\` makes another.`,
      })
    }
    return readFileSync(path, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null
    throw error
  }
}

/** Makes a key; of several processes that do so at once, all take the first one's. */
function makeKeyFile(path: string): string {
  const { privateKey } = generateKeyPairSync('ed25519')
  const pem = privateKey.export({ format: 'pem', type: 'pkcs8' }).toString()
  const mine = `${path}.${process.pid}`
  mkdirSync(join(path, '..'), { recursive: true, mode: 0o700 })
  writeFileSync(mine, pem, { mode: 0o600 })
  try {
    linkSync(mine, path)
    return pem
  } catch (error) {
    const theirs = readKeyFile(path)
    if (theirs === null) throw error
    return theirs
  } finally {
    rmSync(mine, { force: true })
  }
}

function showPublic(path: string, key: KeyObject): void {
  const line = `${publicWord(key)}\n`
  try {
    if (readFileSync(path, 'utf8') === line) return
  } catch {
    // It is written now.
  }
  const mine = `${path}.${process.pid}`
  mkdirSync(join(path, '..'), { recursive: true, mode: 0o700 })
  writeFileSync(mine, line, { mode: 0o600 })
  renameSync(mine, path)
}

function parseSecret(pem: string, where: string): KeyObject {
  try {
    const key = createPrivateKey(pem.replaceAll('\\n', '\n'))
    if (key.asymmetricKeyType === 'ed25519') return key
  } catch {
    // The cause could show a part of the key.
  }
  throw new UndriftError('UNDRIFT_E_USAGE', `${where} holds no Ed25519 private key in PEM.`, {
    hint: 'Make one with: openssl genpkey -algorithm ed25519',
  })
}

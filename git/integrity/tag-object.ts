import type { Oid } from '../../domain/patch.ts'
import { assertOid } from '../mirror/queries.ts'
import { runGit } from '../process/command.ts'
import type { Mirror } from '../types.ts'

/** An annotated tag as its raw parts; the bytes are kept, because a signature covers them. */
export interface TagObject {
  /** What the tag calls itself, whatever ref it lies under. */
  readonly name: string
  /** `Name <mail> seconds zone`; null where the object names nobody. */
  readonly tagger: string | null
  /** What a signature covers. */
  readonly payload: Buffer
  readonly signature: TagSignatureText | null
}

export interface TagSignatureText {
  readonly format: 'gpg' | 'ssh' | 'other'
  readonly text: Buffer
}

/** Git's own headers of a signature at the end of a tag. Source: gpg-interface.c. */
const formats = [
  ['-----BEGIN PGP SIGNATURE-----', 'gpg'],
  ['-----BEGIN PGP MESSAGE-----', 'gpg'],
  ['-----BEGIN SSH SIGNATURE-----', 'ssh'],
  ['-----BEGIN SIGNED MESSAGE-----', 'other'],
] as const

/** Reads an annotated tag from the mirror; null for anything else, such as the commit of a lightweight tag. */
export async function readTagObject(mirror: Mirror, oid: Oid): Promise<TagObject | null> {
  assertOid(oid)
  const type = await runGit(mirror, ['cat-file', '-t', oid], { okCodes: [0, 128] })
  if (type.stdout.toString('utf8').trim() !== 'tag') return null
  return parseTagObject((await runGit(mirror, ['cat-file', 'tag', oid])).stdout)
}

/** The parts of a tag object's body. As git does, the last line that begins a signature is where it begins. */
function parseTagObject(body: Buffer): TagObject {
  const text = body.toString('latin1')
  const headers = text.slice(0, endOf(text)).split('\n')
  const signature = findSignature(text)
  const at = signature?.at ?? body.length
  return {
    name: utf8(headerOf(headers, 'tag') ?? ''),
    tagger: headerOf(headers, 'tagger'),
    payload: body.subarray(0, at),
    signature: signature === null ? null : { format: signature.format, text: body.subarray(at) },
  }
}

function endOf(text: string): number {
  const end = text.indexOf('\n\n')
  return end === -1 ? text.length : end
}

function headerOf(headers: readonly string[], name: string): string | null {
  return headers.find((line) => line.startsWith(`${name} `))?.slice(name.length + 1) ?? null
}

function findSignature(text: string) {
  let found: { readonly at: number; readonly format: TagSignatureText['format'] } | null = null
  for (let at = 0; at < text.length; ) {
    const format = formats.find(([header]) => text.startsWith(header, at))?.[1]
    if (format !== undefined) found = { at, format }
    const next = text.indexOf('\n', at)
    if (next === -1) break
    at = next + 1
  }
  return found
}

function utf8(bytes: string): string {
  return Buffer.from(bytes, 'latin1').toString('utf8')
}

/** Who a tag or commit names, and when in UTC, as `Name <mail>, 2026-01-31 12:00 UTC`. */
export function readableIdentity(identity: string): string {
  const match = /^(.*) (\d{1,12}) [+-]\d{4}$/s.exec(utf8(identity))
  const date = new Date(Number(match?.[2]) * 1000)
  if (!match || Number.isNaN(date.getTime())) return utf8(identity)
  return `${match[1]}, ${date.toISOString().slice(0, 16).replace('T', ' ')} UTC`
}

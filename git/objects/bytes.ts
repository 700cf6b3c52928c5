/**
 * Bytes as a string with one character a byte (latin1). Paths, diffs and commits are kept so: nothing is decoded that
 * Git itself does not decode, and strings compare and split faster than buffers.
 */
export type Bytes = string

const strictUtf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/** A buffer as Bytes. */
export function toBytes(buffer: Uint8Array): Bytes {
  return Buffer.from(buffer.buffer, buffer.byteOffset, buffer.byteLength).toString('latin1')
}

/** Bytes as a buffer. */
export function fromBytes(bytes: Bytes): Buffer {
  return Buffer.from(bytes, 'latin1')
}

/** Text as the bytes of its UTF-8. */
export function utf8Bytes(text: string): Bytes {
  return Buffer.from(text, 'utf8').toString('latin1')
}

/** Bytes as text where they are UTF-8; null where they are not. */
function utf8Text(bytes: Bytes): string | null {
  if (!/[\x80-\xff]/.test(bytes)) return bytes
  try {
    return strictUtf8.decode(fromBytes(bytes))
  } catch {
    return null
  }
}

/** Bytes as text for a person, by the encoding that is named, else UTF-8, else one character a byte. */
export function readableText(bytes: Bytes, encoding: string | null): string {
  if (encoding !== null) {
    try {
      return new TextDecoder(encoding).decode(fromBytes(bytes))
    } catch {
      // An encoding that nobody knows: the bytes themselves tell more than an error would.
    }
  }
  return utf8Text(bytes) ?? bytes
}

export interface DisplayPath {
  readonly text: string
  /** True when some bytes of the path were not UTF-8 and stand as `%XX`. */
  readonly encoded: boolean
}

/** A path for people and JSON: UTF-8 as it is; in a path that is not UTF-8, each offending byte (and `%`) as `%XX`. */
export function displayPath(path: Bytes): DisplayPath {
  const text = utf8Text(path)
  if (text !== null) return { text, encoded: false }
  return { text: path.replace(sequences, (part) => utf8Part(part)), encoded: true }
}

/** Well-formed UTF-8 sequences by length, or one single byte. */
const sequences =
  /[\xc2-\xdf][\x80-\xbf]|\xe0[\xa0-\xbf][\x80-\xbf]|[\xe1-\xec\xee\xef][\x80-\xbf]{2}|\xed[\x80-\x9f][\x80-\xbf]|\xf0[\x90-\xbf][\x80-\xbf]{2}|[\xf1-\xf3][\x80-\xbf]{3}|\xf4[\x80-\x8f][\x80-\xbf]{2}|[\x80-\xff]|%/g

function utf8Part(part: Bytes): string {
  const text = part === '%' ? null : utf8Text(part)
  return text ?? `%${part.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`
}

/** Undoes Git's C-style quoting of a path; what is not quoted is returned as it is. */
export function unquotePath(quoted: Bytes): Bytes {
  if (!quoted.startsWith('"')) return quoted
  return quoted.slice(1, -1).replace(/\\([0-7]{3}|.)/g, (_, code: string) => {
    if (code.length === 3) return String.fromCharCode(Number.parseInt(code, 8))
    return simpleEscapes[code] ?? code
  })
}

const simpleEscapes: Readonly<Record<string, string>> = {
  a: '\x07',
  b: '\b',
  t: '\t',
  n: '\n',
  v: '\v',
  f: '\f',
  r: '\r',
}

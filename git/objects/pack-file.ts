import { createHash } from 'node:crypto'
import { crc32, deflateSync } from 'node:zlib'
import type { Oid } from '../../domain/patch.ts'
import type { ObjectFormat, ObjectType } from './objects.ts'

export interface PackedObject {
  readonly oid: Oid
  readonly type: ObjectType
  readonly body: Uint8Array
}

export interface PackFile {
  /** The checksum in the pack's file name. */
  readonly name: string
  readonly pack: Buffer
  readonly index: Buffer
}

const typeNumbers: Readonly<Record<ObjectType, number>> = { commit: 1, tree: 2, blob: 3, tag: 4 }

/** A pack of whole objects and its index. Source: gitformat-pack(5), versions 2. */
export function makePack(objects: readonly PackedObject[], format: ObjectFormat): PackFile {
  const header = Buffer.alloc(12)
  header.write('PACK', 0, 'latin1')
  header.writeUInt32BE(2, 4)
  header.writeUInt32BE(objects.length, 8)
  let offset = header.length
  const entries = objects.map(({ oid, type, body }) => {
    const bytes = Buffer.concat([entryHeader(type, body.length), ...zlibStream(body)])
    const entry = { oid, offset, bytes, crc: crc32(bytes) }
    offset += bytes.length
    return entry
  })
  const contents = Buffer.concat([header, ...entries.map((entry) => entry.bytes)])
  const checksum = createHash(format).update(contents).digest()
  const sorted = entries.sort((one, other) => (one.oid < other.oid ? -1 : 1))
  return {
    name: checksum.toString('hex'),
    pack: Buffer.concat([contents, checksum]),
    index: makeIndex(sorted, checksum, format),
  }
}

/** What one stored block holds. The trees of large folders are below it, and ids do not compress. */
const smallBody = 65_535

/** Such bodies are stored as they are: what is packed here is read once or twice and then packed anew or forgotten. */
function zlibStream(body: Uint8Array): readonly Uint8Array[] {
  if (body.length > smallBody) return [deflateSync(body, { level: 1 })]
  const head = Buffer.alloc(7)
  head.set([0x78, 0x01, 0x01])
  head.writeUInt16LE(body.length, 3)
  head.writeUInt16LE(~body.length & 0xffff, 5)
  const tail = Buffer.alloc(4)
  tail.writeUInt32BE(adler32(body))
  return [head, body, tail]
}

/** Source: RFC 1950. */
function adler32(body: Uint8Array): number {
  let low = 1
  let high = 0
  for (let at = 0; at < body.length; ) {
    // So many bytes can be added up before the sums outgrow 32 bits.
    const end = Math.min(at + 3_800, body.length)
    for (; at < end; at += 1) {
      low += body[at] as number
      high += low
    }
    low %= 65_521
    high %= 65_521
  }
  return ((high << 16) | low) >>> 0
}

/** Four bits of the size beside the type, then seven a byte. */
function entryHeader(type: ObjectType, size: number): Buffer {
  const bytes: number[] = []
  let rest = Math.floor(size / 16)
  let byte = (typeNumbers[type] << 4) | (size & 15)
  while (rest > 0) {
    bytes.push(byte | 0x80)
    byte = rest & 0x7f
    rest = Math.floor(rest / 128)
  }
  return Buffer.from([...bytes, byte])
}

interface IndexEntry {
  readonly oid: Oid
  readonly offset: number
  readonly crc: number
}

function makeIndex(sorted: readonly IndexEntry[], checksum: Buffer, format: ObjectFormat): Buffer {
  const words = (values: readonly number[]) => {
    const buffer = Buffer.alloc(values.length * 4)
    values.forEach((value, index) => {
      buffer.writeUInt32BE(value, index * 4)
    })
    return buffer
  }
  const counts = new Array<number>(256).fill(0)
  for (const { oid } of sorted) {
    const first = Number.parseInt(oid.slice(0, 2), 16)
    counts[first] = (counts[first] ?? 0) + 1
  }
  let total = 0
  const fanout = counts.map((count) => {
    total += count
    return total
  })
  const index = Buffer.concat([
    Buffer.from([0xff, 0x74, 0x4f, 0x63, 0, 0, 0, 2]),
    words(fanout),
    ...sorted.map(({ oid }) => Buffer.from(oid, 'hex')),
    words(sorted.map(({ crc }) => crc)),
    words(sorted.map(({ offset }) => offset)),
    checksum,
  ])
  return Buffer.concat([index, createHash(format).update(index).digest()])
}

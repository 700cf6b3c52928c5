import { isIPv4, isIPv6 } from 'node:net'

/** An address as one number of 128 bits; IPv4 stands in its mapped form, so `::ffff:10.0.0.1` and `10.0.0.1` are one. */
export type IpAddress = bigint

/** A block of addresses: those whose leading bits are these. */
export interface IpBlock {
  readonly first: IpAddress
  readonly bits: number
}

const mapped = 0xffffn << 32n
const translated = 0x64ff9bn << 96n

/** Reads an IPv4 or IPv6 literal, with or without brackets and zone; null for anything else. */
export function parseIp(text: string): IpAddress | null {
  const literal = text.replace(/^\[(.*)\]$/, '$1').replace(/%.*$/, '')
  if (isIPv4(literal)) return mapped | readIPv4(literal)
  if (!isIPv6(literal)) return null
  const address = readIPv6(literal)
  // A NAT64 address reaches the IPv4 address in its last 32 bits (RFC 6052), so it counts as that one.
  return address >> 32n === translated >> 32n ? mapped | (address & 0xffffffffn) : address
}

/** Reads `10.0.0.0/8`, `fd00::/8` or a single address; null for anything else. */
export function parseBlock(text: string): IpBlock | null {
  const [literal = '', length, more] = text.split('/')
  const first = parseIp(literal)
  if (first === null || more !== undefined) return null
  const width = isIPv4(literal) ? 32 : 128
  const bits = length === undefined ? width : /^\d{1,3}$/.test(length) ? Number(length) : Number.NaN
  return bits <= width ? { first, bits: bits + 128 - width } : null
}

/** Tells whether the address lies in the block. */
export function isInBlock(address: IpAddress, block: IpBlock): boolean {
  const rest = BigInt(128 - block.bits)
  return address >> rest === block.first >> rest
}

function readIPv4(literal: string): bigint {
  return literal.split('.').reduce((sum, octet) => (sum << 8n) | BigInt(octet), 0n)
}

function readIPv6(literal: string): bigint {
  const plain = literal.replace(/[\d.]+$/, (tail) => {
    if (!tail.includes('.')) return tail
    const value = readIPv4(tail)
    return `${(value >> 16n).toString(16)}:${(value & 0xffffn).toString(16)}`
  })
  const [head = '', tail] = plain.split('::')
  const left = head.split(':').filter(Boolean)
  const right = (tail ?? '').split(':').filter(Boolean)
  const middle = tail === undefined ? [] : Array<string>(8 - left.length - right.length).fill('0')
  return [...left, ...middle, ...right].reduce((sum, group) => (sum << 16n) | BigInt(`0x${group}`), 0n)
}

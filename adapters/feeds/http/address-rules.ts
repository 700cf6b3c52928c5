import { type IpAddress, type IpBlock, isInBlock, parseBlock, parseIp } from './ip-address.ts'

/** Which addresses that are not public a feed may be fetched from. */
export interface AddressRules {
  readonly hosts: ReadonlySet<string>
  readonly blocks: readonly IpBlock[]
}

/** Every block of IPv4 that is not globally reachable, after the IANA special-purpose address registries. */
export const notPublicIPv4 = [
  '0.0.0.0/8',
  '10.0.0.0/8',
  '100.64.0.0/10',
  '127.0.0.0/8',
  '169.254.0.0/16',
  '172.16.0.0/12',
  '192.0.0.0/24',
  '192.0.2.0/24',
  '192.88.99.0/24',
  '192.168.0.0/16',
  '198.18.0.0/15',
  '198.51.100.0/24',
  '203.0.113.0/24',
  '224.0.0.0/3',
] as const

const refused = [...notPublicIPv4, '2001::/23', '2001:db8::/32', '2002::/16', '3fff::/20'].map(readBlock)

/** Public IPv6 comes from this block only, so whatever lies outside need not be listed. */
const globalUnicast = readBlock('2000::/3')
const everyIPv4 = readBlock('0.0.0.0/0')

/** Reads the operator's `allow`: CIDR blocks and single addresses, and host names for the rest. */
export function addressRules(allow: readonly string[]): AddressRules {
  const hosts = new Set<string>()
  const blocks: IpBlock[] = []
  for (const entry of allow) {
    const block = parseBlock(entry.trim())
    if (block) blocks.push(block)
    else hosts.add(plainHost(entry.trim()))
  }
  return { hosts, blocks }
}

/** Tells whether a connection to this address is allowed, when it was found under this host name. */
export function mayContact(address: string, host: string, rules: AddressRules): boolean {
  const ip = parseIp(address)
  if (ip === null) return false
  return (
    isPublic(ip) || rules.hosts.has(plainHost(host)) || rules.blocks.some((block) => isInBlock(ip, block))
  )
}

/** Tells whether an address is globally reachable. */
export function isPublicAddress(address: string): boolean {
  const ip = parseIp(address)
  return ip !== null && isPublic(ip)
}

function isPublic(ip: IpAddress): boolean {
  if (!isInBlock(ip, everyIPv4) && !isInBlock(ip, globalUnicast)) return false
  return !refused.some((block) => isInBlock(ip, block))
}

function plainHost(host: string): string {
  return host
    .toLowerCase()
    .replace(/^\[(.*)\]$/, '$1')
    .replace(/\.$/, '')
}

function readBlock(text: string): IpBlock {
  const block = parseBlock(text)
  if (!block) throw new TypeError(`Not a block of addresses: ${text}`)
  return block
}

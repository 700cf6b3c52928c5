import { isIP } from 'node:net'

/** Why this cannot stand in `network.allow`, or null: it takes host names, addresses and CIDR blocks. */
export function allowProblem(entry: string): string | null {
  const slash = entry.indexOf('/')
  if (slash >= 0) return isCidr(entry) ? null : 'is not a CIDR block'
  if (isIP(entry) || isHostName(entry)) return null
  if (entry.includes('://')) return 'is a URL; write the host alone'
  if (/^[^:]+:\d+$/.test(entry)) return 'has a port; write the host alone'
  if (entry.includes('*')) return 'has a `*`; write each host out'
  return 'is neither a host name, nor an address, nor a CIDR block'
}

function isCidr(entry: string): boolean {
  const [address = '', bits = '', ...rest] = entry.split('/')
  const family = isIP(address)
  if (rest.length > 0 || !family || !/^\d{1,3}$/.test(bits)) return false
  return Number(bits) <= (family === 6 ? 128 : 32)
}

/** A host name of letters, digits and inner dashes, whose last label is not a number. Source: RFC 1123, 2.1. */
export function isHostName(host: string): boolean {
  const labels = host.replace(/\.$/, '').split('.')
  if (host.length > 253 || /^\d+$/.test(labels.at(-1) ?? '')) return false
  return labels.every((label) => /^[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?$/i.test(label))
}

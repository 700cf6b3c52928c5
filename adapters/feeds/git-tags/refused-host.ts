import { lookup } from 'node:dns/promises'
import { addressRules, mayContact } from '../http/address-rules.ts'

/** All addresses of a host. */
export type Lookup = (host: string) => Promise<readonly string[]>

/** Asks as the system does, which is how git will ask. */
export async function lookUpHost(host: string): Promise<readonly string[]> {
  return (await lookup(host, { all: true })).map(({ address }) => address)
}

/**
 * The host of a repository's http(s) URL when one of its addresses is not public and not allowed; null when git may go
 * there. Git looks the name up once more: what changes its answer in between is not caught. A name that is not found
 * is for git to report.
 */
export async function refusedHost(
  url: string,
  allow: readonly string[],
  lookUp: Lookup,
): Promise<string | null> {
  if (!/^https?:/.test(url) || !URL.canParse(url)) return null
  const host = new URL(url).hostname.replace(/^\[(.*)\]$/, '$1')
  const rules = addressRules(allow)
  const found = await lookUp(host).catch(() => [])
  return found.every((address) => mayContact(address, host, rules)) ? null : host
}

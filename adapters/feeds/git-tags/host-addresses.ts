import { lookup } from 'node:dns/promises'
import { addressRules, mayContact } from '../http/address-rules.ts'
import { FetchFailure } from '../http/fetch-failure.ts'

/** All addresses of a host. */
export type Lookup = (host: string) => Promise<readonly string[]>

/** Asks as the system does. */
export async function lookUpHost(host: string): Promise<readonly string[]> {
  return (await lookup(host, { all: true })).map(({ address }) => address)
}

/**
 * The addresses of a repository's http(s) URL, which git is to be held to; none for a name that is not found, which is for
 * git to report, or that a proxy may know. Undefined for another kind of URL. Throws FetchFailure when one of them is not
 * public and not allowed.
 */
export async function hostAddresses(
  url: string,
  allow: readonly string[],
  lookUp: Lookup,
): Promise<readonly string[] | undefined> {
  if (!/^https?:/.test(url) || !URL.canParse(url)) return undefined
  const host = new URL(url).hostname.replace(/^\[(.*)\]$/, '$1')
  const rules = addressRules(allow)
  const found = await lookUp(host).catch(() => [])
  if (found.every((address) => mayContact(address, host, rules))) return found
  throw new FetchFailure(
    'feed-refused-address',
    `was not contacted: ${host} is at a private, loopback or otherwise special address, which \`network.allow\` does not open`,
  )
}

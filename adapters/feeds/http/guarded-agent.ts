import { type LookupAddress, lookup } from 'node:dns'
import type { LookupFunction } from 'node:net'
import { Agent, buildConnector } from 'undici'
import { type AddressRules, mayContact } from './address-rules.ts'
import { parseIp } from './ip-address.ts'

const connectMilliseconds = 10_000

/** A connection was refused because of where it would have gone. */
export class RefusedAddressError extends Error {
  constructor(host: string) {
    super(`${host} is at a private, loopback or otherwise special address`)
    this.name = 'RefusedAddressError'
  }
}

/**
 * An HTTP agent that connects only where the rules allow it. The check is made on the address that is connected to,
 * after the name was looked up, so a name that changes its answer between check and use gains nothing.
 */
export function guardedAgent(rules: AddressRules): Agent {
  const connect = buildConnector({ timeout: connectMilliseconds, lookup: guardedLookup(rules) })
  return new Agent({
    // One poll, one connection: a kept one would outlive the rules that it was opened under.
    pipelining: 0,
    connect: (options, callback) => {
      // Node skips `lookup` for an IP literal.
      if (parseIp(options.hostname) !== null && !mayContact(options.hostname, options.hostname, rules)) {
        callback(new RefusedAddressError(options.hostname), null)
        return
      }
      connect(options, callback)
    },
  })
}

function guardedLookup(rules: AddressRules): LookupFunction {
  return (host, options, callback) => {
    lookup(host, { ...options, all: true }, (error, found) => {
      if (error) {
        callback(error, [])
        return
      }
      const [first, ...rest] = found.filter(({ address }) => mayContact(address, host, rules))
      if (!first) callback(new RefusedAddressError(host), [])
      else if (options.all) callback(null, [first, ...rest] satisfies LookupAddress[])
      else callback(null, first.address, first.family)
    })
  }
}

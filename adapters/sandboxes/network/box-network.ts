import type { NetworkRule } from '../../../domain/settings.ts'
import type { AskedFor } from './asked-for.ts'
import { namedHostsMissing, openNamedHosts } from './named-hosts.ts'
import { openPublicNetwork, publicNetworkMissing } from './public-network.ts'

/** The network that a box is put into. */
export interface BoxNetwork {
  /** Put this in front of bubblewrap to start it inside; empty for a network of its own with nothing in it. */
  readonly enter: readonly string[]
  /** The name server's address; null where there is none. */
  readonly nameServer: string | null
  readonly environment: Readonly<Record<string, string>>
  close(): Promise<void>
}

const closed: BoxNetwork = { enter: [], nameServer: null, environment: {}, close: () => Promise.resolve() }

/** What this machine lacks for such a network, as a sentence that says what to install; null when nothing. */
export function networkMissing(rule: NetworkRule): Promise<string | null> {
  if (rule === false) return Promise.resolve(null)
  return rule === true ? publicNetworkMissing() : namedHostsMissing()
}

/** Opens the network that the config asks for. Throws UNDRIFT_E_SANDBOX when it cannot be made. */
export function openBoxNetwork(rule: NetworkRule, onAsked: (asked: AskedFor) => void): Promise<BoxNetwork> {
  if (rule === false) return Promise.resolve(closed)
  return rule === true ? openPublicNetwork() : openNamedHosts(rule.allow, onAsked)
}

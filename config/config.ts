import type { ForkSettings, SecretName, UpstreamSettings } from '../domain/settings.ts'

/** A config file that was read and found good. */
export interface Config {
  /** The file that it came from. */
  readonly path: string
  readonly upstreams: readonly UpstreamSettings[]
  readonly forks: readonly ForkSettings[]
  /** The secrets that webhooks are signed with, by upstream; no worker needs them, so they are no settings. */
  readonly webhooks: ReadonlyMap<string, SecretName>
}

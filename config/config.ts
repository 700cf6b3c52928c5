import type { ForkSettings, UpstreamSettings } from '../domain/settings.ts'

/** A config file that was read and found good. */
export interface Config {
  /** The file that it came from. */
  readonly path: string
  readonly upstreams: readonly UpstreamSettings[]
  readonly forks: readonly ForkSettings[]
}

import type { Choosing, Lines } from '../world/config.ts'
import type { ProjectFeed } from '../world/feed-server.ts'
import type { Repositories } from '../world/repositories.ts'
import type { Installation } from './installation.ts'
import type { TemporalCli } from './temporal-cli.ts'

/** What a scenario plays on: a fork with an upstream of its own, watched by an installation that others may share. */
export interface Stage {
  /** The fork's name in the config. */
  readonly fork: string
  readonly repositories: Repositories
  readonly feed: ProjectFeed
  readonly installation: Installation
  readonly temporal: TemporalCli
  /** Whether the fork's config publishes the ledger. */
  readonly ledger: boolean
  /** The maintained branch's commit before the curtain. */
  readonly maintained: string
}

/** What a scenario leaves behind, for the invariants and the table. */
export interface Played {
  /** The releases that were attempted, in order, as `LINE/TAG` in a fork with lines; the table shows the last one's attempt. */
  readonly tags: readonly string[]
  /** The candidates that may be on the remotes now: commit by release, named as in `tags`. */
  readonly candidates: Readonly<Record<string, string>>
  /** Where a person, by hand or by `promote`, left the maintained branch. */
  readonly maintained: string
  /** What `promote` kept of it, and the branches of other lines: commit by full ref name. */
  readonly besides?: Readonly<Record<string, string>>
}

/** One act of the rehearsal. It throws where a demand is not met. */
export interface Scenario {
  /** Also the fork's name. */
  readonly name: string
  readonly title: string
  /** What the fork's config says of `push`. */
  readonly push: boolean
  /** Whether the fork's config publishes the ledger and the resolutions; no when it is left out. */
  readonly ledger?: boolean
  /** What the fork's config says of `verify`; `sh check.sh` when it is left out. */
  readonly verify?: readonly string[]
  /** What the fork's config says of generated files; nothing when it is left out. */
  readonly generated?: Readonly<Record<string, string>>
  /** What the ids of its repositories are; SHA-1 when it is left out. */
  readonly objectFormat?: 'sha256'
  /** How often the feed is read; every second when it is left out. */
  readonly poll?: string
  /** Whether the feed is an API over HTTPS that opens to a token only; Atom when it is left out. */
  readonly api?: boolean
  /** Whether the upstream's forge sends webhooks. */
  readonly webhook?: boolean
  /** What the upstream's config says of `patience`; a day when it is left out. */
  readonly patience?: string
  /** Whether the config takes signed releases only. Played where ssh-keygen is. */
  readonly signed?: boolean
  /** What the upstream's config says of the choice of releases; nothing when it is left out. */
  readonly choosing?: Choosing
  /** The lines of the fork besides `main`; none when it is left out. */
  readonly lines?: Lines
  /** `first` is played before all others; `killers` kill workers that others would miss, but stand it themselves; `alone` wants no company at all. */
  readonly company: 'first' | 'others' | 'killers' | 'alone'
  play(stage: Stage): Promise<Played>
}

import type { DataFolder } from '../config/data-folder.ts'
import type { SeenByWatch } from './seen-by-watch.ts'

/** What the activities of a worker stand on. */
export interface ActivityDeps {
  readonly data: DataFolder
  /** The Temporal server's address, `host:port`. */
  readonly address: string
  /** Where secrets are looked up by name. Invariant: nothing in it enters a result, a failure or a log. */
  readonly env: Readonly<Record<string, string | undefined>>
  /** What an upstream's watch pinned: an attempt that a person starts must not take another tag than that. */
  readonly seenByWatch?: SeenByWatch
}

/**
 * The version that is provided where none is found: the last that `go install` accepts. The same on every road,
 * because the server's database has no migrations between versions.
 */
export const temporalCliVersion = '1.5.1'

export interface CliSearch {
  readonly env: NodeJS.ProcessEnv
  /** Takes one line for the person who waits. */
  readonly say: (line: string) => void
  readonly signal?: AbortSignal
  /** Where the archive is asked for; another one in tests. */
  readonly downloadUrl?: string
}

/** A way of providing the program: puts it at the path, or throws with the reason why it could not. */
export type Provide = (to: string, search: CliSearch) => Promise<void>

import type { NetworkRule, SandboxKind } from '../../domain/settings.ts'
import type { AskedFor } from './network/asked-for.ts'

export interface SandboxLimits {
  readonly timeoutMs: number
  /** Time without any output. */
  readonly idleMs: number
  readonly outputBytes: number
  readonly processes: number
  readonly memoryBytes: number
  /** Of the work tree and the temporary folder together. */
  readonly diskBytes: number
}

export interface SandboxCommand {
  /** A shell command line of the operator's config. */
  readonly command: string
  /** The work tree: writable, save its `.git`. */
  readonly cwd: string
  /** Folders outside of the work tree that may be read, at the same path. */
  readonly readOnly: readonly string[]
  /** A folder that lasts for all commands of one verification: `/tmp` in the box, with the home in it. */
  readonly temporary: string
  readonly network: NetworkRule
  /** Called for each request of a box that reaches named hosts. */
  readonly onAsked?: (asked: AskedFor) => void
  /** Variables on top of those that every box has. */
  readonly environment: Readonly<Record<string, string>>
  readonly limits: SandboxLimits
  /** The file that takes stdout and stderr; made anew. */
  readonly log: string
  readonly signal: AbortSignal
  /** Called as output arrives, at most once a second. */
  readonly onOutput?: () => void
}

export type SandboxEnd =
  | 'time-limit'
  | 'idle-limit'
  | 'output-limit'
  | 'process-limit'
  | 'memory-limit'
  | 'disk-limit'
  | `signal ${string}`

export interface SandboxResult {
  /** Null when the command was ended from outside. */
  readonly exitCode: number | null
  readonly ended: SandboxEnd | null
  readonly milliseconds: number
}

/**
 * A box for code that nobody vouches for.
 * Invariant: nothing of the worker's environment, home or credentials is readable inside, and no process of the box
 * outlives `run`.
 */
export interface Sandbox {
  readonly kind: SandboxKind
  /** Null when it can be used on this machine; else one sentence that says what is missing. */
  missing(network: NetworkRule): Promise<string | null>
  /**
   * Runs the command to its end. Rejects with the signal's reason once everything is gone after an abort, with
   * UNDRIFT_E_SANDBOX when the box could not be made, and with UNDRIFT_E_DISK when the log cannot be written.
   */
  run(command: SandboxCommand): Promise<SandboxResult>
}

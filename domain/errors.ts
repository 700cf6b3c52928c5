import { type ExitCode, exitCodes } from './exit-codes.ts'

interface ErrorRow {
  /** What is wrong, as a sentence without the particulars. */
  readonly sentence: string
  /** What to do next. */
  readonly hint: string
  /** Whether the same call may succeed later without anybody changing anything. */
  readonly retryable: boolean
  readonly exitCode: ExitCode
}

/** Every error that Undrift raises, in one place. Expected outcomes (a conflict, red checks) are values, not errors. */
export const errorTable = {
  UNDRIFT_E_USAGE: {
    sentence: 'The command was not understood.',
    hint: 'See `undrift --help`.',
    retryable: false,
    exitCode: exitCodes.usage,
  },
  UNDRIFT_E_CONFIG: {
    sentence: 'The configuration is not valid.',
    hint: 'Mend the places named above, then run `undrift validate`.',
    retryable: false,
    exitCode: exitCodes.usage,
  },
  UNDRIFT_E_INPUT: {
    sentence: 'The input is not valid.',
    hint: 'See the message for the field that is wrong.',
    retryable: false,
    exitCode: exitCodes.usage,
  },
  UNDRIFT_E_NODE_VERSION: {
    sentence: 'This Node.js is too old.',
    hint: 'Install Node.js 22.19 or newer.',
    retryable: false,
    exitCode: exitCodes.usage,
  },
  UNDRIFT_E_NOT_FOUND: {
    sentence: 'There is no such thing.',
    hint: 'Run `undrift status` to see what there is.',
    retryable: false,
    exitCode: exitCodes.usage,
  },
  UNDRIFT_E_REFUSED: {
    sentence: 'That is not possible now.',
    hint: 'Run `undrift show <attempt>` to see what is.',
    retryable: false,
    exitCode: exitCodes.usage,
  },
  UNDRIFT_E_SERVER: {
    sentence: 'No Temporal server answers.',
    hint: 'Start one with `undrift up`, or set TEMPORAL_ADDRESS.',
    retryable: true,
    exitCode: exitCodes.unavailable,
  },
  UNDRIFT_E_WORKER: {
    sentence: 'No worker answers.',
    hint: 'Start one with `undrift up`, or with `undrift worker --role control,git,verify`.',
    retryable: true,
    exitCode: exitCodes.unavailable,
  },
  UNDRIFT_E_TEMPORAL_CLI: {
    sentence: 'The Temporal CLI could not be found or provided.',
    hint: 'Set UNDRIFT_TEMPORAL_CLI to its path, or put `temporal` on the PATH, or install Go 1.25 or newer.',
    retryable: true,
    exitCode: exitCodes.unavailable,
  },
  UNDRIFT_E_REMOTE: {
    sentence: 'The Git remote cannot be reached.',
    hint: 'Check the URL and the network, then retry.',
    retryable: true,
    exitCode: exitCodes.unavailable,
  },
  UNDRIFT_E_MOVED: {
    sentence: 'The Git remote redirects to another address.',
    hint: 'If that is the right place, write the new address into `undrift.yaml` and apply it; no redirect is followed.',
    retryable: false,
    exitCode: exitCodes.unavailable,
  },
  UNDRIFT_E_AUTH: {
    sentence: 'The remote refused the credentials.',
    hint: 'Check the secret that the config names.',
    retryable: false,
    exitCode: exitCodes.authentication,
  },
  UNDRIFT_E_SECRET: {
    sentence: 'A secret that the config names is not set on this worker.',
    hint: 'Set it in the environment of the worker that serves this role.',
    retryable: true,
    exitCode: exitCodes.authentication,
  },
  UNDRIFT_E_BUSY: {
    sentence: 'Somebody else holds it.',
    hint: 'Wait, or stop the process that is named.',
    retryable: true,
    exitCode: exitCodes.busy,
  },
  UNDRIFT_E_GIT: {
    sentence: 'Git failed.',
    hint: "See Git's own words above.",
    retryable: true,
    exitCode: exitCodes.internal,
  },
  UNDRIFT_E_GIT_VERSION: {
    sentence: 'This Git is too old.',
    hint: 'Install Git 2.38 or newer.',
    retryable: false,
    exitCode: exitCodes.usage,
  },
  UNDRIFT_E_FORMAT: {
    sentence: 'Two repositories do not have the same object format (SHA-1 or SHA-256).',
    hint: 'Git cannot move commits between them: make the fork again in the format of its upstream.',
    retryable: false,
    exitCode: exitCodes.usage,
  },
  UNDRIFT_E_STACK: {
    sentence: 'The patch stack cannot be read.',
    hint: 'See the commit that is named.',
    retryable: false,
    exitCode: exitCodes.usage,
  },
  UNDRIFT_E_FSCK: {
    sentence: "An object of a repository does not pass Git's checks.",
    hint: 'See the commit that is named.',
    retryable: false,
    exitCode: exitCodes.usage,
  },
  UNDRIFT_E_SANDBOX: {
    sentence: 'The sandbox that the config asks for is not available on this worker.',
    hint: 'Install bubblewrap, or write `sandbox: none` for this fork.',
    retryable: true,
    exitCode: exitCodes.unavailable,
  },
  UNDRIFT_E_DISK: {
    sentence: 'The disk is full.',
    hint: 'Free the space that is named; the attempt goes on by itself.',
    retryable: true,
    exitCode: exitCodes.unavailable,
  },
  UNDRIFT_E_TOO_HEAVY: {
    sentence: 'A release or a repository is larger than its limit.',
    hint: 'Look at it. Raise `limits` of the upstream in the config, or leave the release out.',
    retryable: false,
    exitCode: exitCodes.needsPerson,
  },
  UNDRIFT_E_PAYLOAD: {
    sentence: 'A message is larger than 256 KB.',
    hint: 'See the message for what is too large.',
    retryable: false,
    exitCode: exitCodes.internal,
  },
  UNDRIFT_E_FEED: {
    sentence: 'The feed could not be read.',
    hint: 'See the reason code; the last good state is kept and the poll is retried.',
    retryable: true,
    exitCode: exitCodes.unavailable,
  },
  UNDRIFT_E_INTEGRITY: {
    sentence: 'What was seen before has changed.',
    hint: 'Look at the old and the new object; nothing was pushed.',
    retryable: false,
    exitCode: exitCodes.integrity,
  },
  UNDRIFT_E_UNSIGNED: {
    sentence: 'Nobody whose signature counts has signed this.',
    hint: 'Nothing was run. If it was you: start it with `undrift apply` or `undrift run`, with a key that the workers trust (`undrift key`, `undrift trust`).',
    retryable: false,
    exitCode: exitCodes.integrity,
  },
  UNDRIFT_E_POLICY: {
    sentence: 'The policy of a worker does not allow what the settings ask for.',
    hint: 'Nothing was run. If it is wanted: add it to `worker.yaml` in the data folder of that worker (or apply the config there), then retry.',
    retryable: false,
    exitCode: exitCodes.usage,
  },
  UNDRIFT_E_INTERNAL: {
    sentence: 'Undrift failed.',
    hint: 'This is a bug; please report it with the message.',
    retryable: false,
    exitCode: exitCodes.internal,
  },
} as const satisfies Record<`UNDRIFT_E_${string}`, ErrorRow>

export type ErrorCode = keyof typeof errorTable

export interface ErrorOptions {
  readonly cause?: unknown
  /** Replaces the table's hint where the caller knows better. */
  readonly hint?: string
  /** A machine-readable reason within the code, such as `feed-too-large`. */
  readonly reason?: string
}

/** An error of the table with its particulars. `message` is the whole sentence for a person; no secret ever enters it. */
export class UndriftError extends Error {
  readonly code: ErrorCode
  readonly hint: string
  readonly reason: string | null
  readonly retryable: boolean
  readonly exitCode: ExitCode

  constructor(code: ErrorCode, message: string, options: ErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause })
    this.name = 'UndriftError'
    this.code = code
    this.hint = options.hint ?? errorTable[code].hint
    this.reason = options.reason ?? null
    this.retryable = errorTable[code].retryable
    this.exitCode = errorTable[code].exitCode
  }
}

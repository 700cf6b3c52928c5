/** How an attempt ended, or that it waits for a person; when several roll up, the first of these that occurs decides. */
export const outcomes = [
  'needs_intervention',
  'blocked',
  'failed',
  'changed',
  'completed',
  'skipped',
  'superseded',
] as const
export type Outcome = (typeof outcomes)[number]

/** What an attempt does right now. `waiting` is the only phase in which a person is asked. */
export const phases = ['fetching', 'rebasing', 'verifying', 'waiting', 'pushing', 'ended'] as const
export type Phase = (typeof phases)[number]

/** The parts of an attempt; `retry` may name the one to begin again with. */
export const steps = ['fetch', 'rebase', 'verify', 'push'] as const
export type Step = (typeof steps)[number]

/** Why an attempt waits for a person. */
export const needs = [
  'conflict',
  'checks-red',
  'approval',
  'push-refused',
  'candidate-moved',
  'branch-moved',
  'credentials',
  'remote-moved',
  'tag-moved',
  'tag-signature',
  'signature-tool-missing',
  'sandbox-missing',
  'suspect-merge',
  'landed-with-changes',
  'withdrawn',
  'too-heavy',
  'unsigned',
  'step-failed',
] as const
export type Need = (typeof needs)[number]

/** Whether a need is an integrity alarm: only a person lets it go, and commands end with an exit code of its own. */
export function isAlarm(need: Need | null): boolean {
  return need === 'tag-moved' || need === 'tag-signature' || need === 'unsigned'
}

/** What a person may answer while an attempt waits. */
export const decisions = ['resume', 'retry', 'skip', 'abort', 'approve'] as const
export type DecisionName = (typeof decisions)[number]

/** One answer that is possible now, what it brings about, and commands that work when pasted. */
export interface InterventionOption {
  readonly name: DecisionName
  readonly effect: string
  readonly commands: readonly string[]
}

/** A question that an attempt waits on. */
export interface Intervention {
  readonly kind: Need
  readonly question: string
  /** Lines of evidence: paths, the remote's words, the tail of a log. Redacted, at most 4 KB in all. */
  readonly evidence: readonly string[]
  readonly options: readonly InterventionOption[]
}

/** What an attempt offers. */
export interface Candidate {
  readonly kind: 'branch'
  /** Full ref name on the remote, such as `refs/heads/undrift/candidate/v1.2.0`. */
  readonly ref: string
  /** The remote's name in the config. */
  readonly remote: string
  /** The remote's URL, without credentials. */
  readonly repo: string
  readonly sha: string
  /** A page to look at, where the host is known to have one. */
  readonly url: string | null
  readonly pushed: boolean
}

/** One command of `verify` and how it ended. */
export interface Check {
  readonly command: string
  /** Null when the command was ended by a limit or a signal. */
  readonly exitCode: number | null
  /** Why it was ended from outside, e.g. `time-limit`, `idle-limit`, `output-limit`, `signal SIGSEGV`. */
  readonly ended: string | null
  readonly milliseconds: number
  /** Path of the whole log on the verify worker. */
  readonly log: string
  /** The log's last lines, at most 2 KB. */
  readonly tail: string
}

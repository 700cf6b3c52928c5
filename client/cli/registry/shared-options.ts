import type { CommandOption } from '../command.ts'

/** What the commands that wait for an attempt exit with. */
export const outcomeCodes =
  'Exit codes: completed, changed, skipped, superseded 0 · failed 1 · needs a person 3 · blocked 4 · a moved tag 7.'

/** How a command is told which attempt is meant. */
export const attemptHelp =
  'An attempt is named by its id (maintain/<fork>/<line>/<tag>), a unique part of it, or <fork>@<tag>.'

/** Who decides. */
export const by: CommandOption = {
  flags: '--by <name>',
  description: 'who decides, for the record (default: $UNDRIFT_USER, else your login)',
}

/** Stays with an attempt that was answered. */
export const wait: CommandOption = {
  flags: '--wait',
  description: 'stay until the attempt has ended or waits again; exits like `run`',
}

/** Tell an upstream and a fork of one name apart. */
export const kindOptions: readonly CommandOption[] = [
  { flags: '--upstream', description: 'the target is an upstream, where a fork has the same name' },
  { flags: '--fork', description: 'the target is a fork, where an upstream has the same name' },
]

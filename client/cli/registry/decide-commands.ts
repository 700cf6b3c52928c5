import type { CommandOption, CommandSpec } from '../command.ts'
import * as shapes from '../shapes.ts'
import { attemptHelp, by, kindOptions, outcomeCodes, wait } from './shared-options.ts'

/** What a person settles. */
export const decideCommands: readonly CommandSpec[] = [
  {
    name: 'resolve',
    args: '<attempt>',
    group: 'Decide',
    summary: 'make a work tree with the conflict in it; with --continue, take the result and go on',
    options: [
      { flags: '--continue', description: 'take what was settled, resume the attempt and wait like `run`' },
      { flags: '--detach', description: 'with --continue: do not wait' },
      by,
    ],
    details: `${attemptHelp}\nDone twice, it keeps your work. ${outcomeCodes}\n\n--json:\n${shapes.resolveShape}`,
    graceSeconds: 5,
    load: async () => (await import('../commands/resolve.ts')).resolve,
  },
  decision('resume', 'go on after a conflict was settled, or with the fork as it is now', [
    { flags: '--drop <oid>', description: 'drop a patch, as your own word', repeatable: true },
  ]),
  decision('retry', 'do the step that stopped once more', [
    { flags: '--from <step>', description: 'begin again with fetch, rebase, verify or push' },
  ]),
  decision('approve', 'let the candidate be pushed'),
  decision('skip', 'leave the release out'),
  decision('abort', 'give the attempt up'),
  {
    name: 'hold',
    args: '<target>',
    group: 'Decide',
    summary: 'let nothing new start for an upstream, a fork or FORK/LINE; running attempts go on',
    options: [
      { flags: '--for <duration>', description: 'end it by itself after 12h, 3d, …' },
      {
        flags: '--until <moment>',
        description: 'end it by itself then: 2026-12-01, or with a time and its zone',
      },
      { flags: '--reason <text>', description: 'why, for whoever meets it' },
      ...kindOptions,
      by,
    ],
    details: `Releases go on being noticed and wait. Holds outlive restarts and \`apply\`.\n\n--json:\n${shapes.holdShape}`,
    load: async () => (await import('../commands/hold.ts')).hold,
  },
  {
    name: 'release',
    args: '<target>',
    group: 'Decide',
    summary: 'let go again: a hold, or a tag that has moved',
    options: [
      {
        flags: '--accept <oid>',
        description:
          'the new tag object of a tag that has moved, by at least 7 characters; gone for one that is gone',
        repeatable: true,
      },
      ...kindOptions,
      by,
    ],
    details: `At a terminal an alarm is shown and asked about; elsewhere --accept is needed, and without it the exit code is 7.\n\n--json:\n${shapes.releaseShape}`,
    load: async () => (await import('../commands/release.ts')).release,
  },
  {
    name: 'line',
    args: '<action> <line> <tag>',
    group: 'Decide',
    summary: 'set FORK/LINE TAG: correct the release that a line stands on',
    options: [{ flags: '--reason <text>', description: 'reason, kept in the ledger' }, by],
    details: `Nothing older than what a line stands on is started. Newer releases are judged anew, also those that were left out.\nThe tag must exist upstream, and the rules of the line must take it.\n\n--json:\n${shapes.lineShape}`,
    load: async () => (await import('../commands/line.ts')).line,
  },
  {
    name: 'resolutions',
    args: '[action] [key]',
    group: 'Decide',
    summary: 'list, show KEY or revoke KEY: what conflicts were settled with; needs no server',
    options: [by],
    details: `The beginning of a key is enough. What is revoked is asked again.\n\n--json:\n${shapes.resolutionsShape}`,
    load: async () => (await import('../commands/resolutions.ts')).resolutions,
  },
  {
    name: 'promote',
    args: '<attempt>',
    group: 'Decide',
    summary: 'move the maintained branch to the candidate, after a backup',
    options: [
      { flags: '-y, --yes', description: 'do not ask; needed with --json and where nobody can be asked' },
      by,
    ],
    details: `${attemptHelp}\n\n--json:\n${shapes.promoteShape}`,
    load: async () => (await import('../commands/promote.ts')).promote,
  },
]

/** A command that answers the question of an attempt. */
function decision(
  name: 'resume' | 'retry' | 'skip' | 'abort' | 'approve',
  summary: string,
  options: readonly CommandOption[] = [],
): CommandSpec {
  return {
    name,
    args: '<attempt>',
    group: 'Decide',
    summary,
    options: [...options, wait, by],
    details: `${attemptHelp}\nWhat is refused, because it is not possible now, ends with exit code 2.\n\n--json:\n${shapes.decisionShape}`,
    graceSeconds: 5,
    load: async () => (await import('../commands/decide.ts')).decideAs(name),
  }
}

import type { CommandOption, CommandSpec } from './command.ts'
import * as shapes from './shapes.ts'

const outcomeCodes =
  'Exit codes: completed, changed, skipped, superseded 0 · failed 1 · needs a person 3 · blocked 4 · a moved tag 7.'

const attemptHelp =
  'An attempt is named by its id (maintain/<fork>/<line>/<tag>), a unique part of it, or <fork>@<tag>.'

const by: CommandOption = {
  flags: '--by <name>',
  description: 'who decides, for the record (default: $UNDRIFT_USER, else your login)',
}

const wait: CommandOption = {
  flags: '--wait',
  description: 'stay until the attempt has ended or waits again; exits like `run`',
}

const kindOptions: readonly CommandOption[] = [
  { flags: '--upstream', description: 'the target is an upstream, where a fork has the same name' },
  { flags: '--fork', description: 'the target is a fork, where an upstream has the same name' },
]

/**
 * Every command, in the order of `--help`. Nothing here loads a command: `--help` must answer at once, so what a
 * command needs is imported by its own file only.
 */
export const registry: readonly CommandSpec[] = [
  {
    name: 'up',
    args: '',
    group: 'Run',
    summary: 'start the server and all workers, take over the config, and stay',
    options: [
      { flags: '--port <number>', description: 'port of the embedded Temporal server' },
      { flags: '--ui-port <number>', description: 'port of its Web UI' },
    ],
    details: `Exit code 6: another \`up\` holds the data folder.\n\n--json, once it is ready:\n${shapes.upShape}`,
    graceSeconds: Number.POSITIVE_INFINITY,
    load: async () => (await import('./commands/up.ts')).up,
  },
  {
    name: 'worker',
    args: '',
    group: 'Run',
    summary: 'serve roles on this machine',
    options: [
      {
        flags: '--role <roles>',
        description: 'control, git, verify, or several with commas (default: all)',
      },
    ],
    graceSeconds: Number.POSITIVE_INFINITY,
    load: async () => (await import('./commands/worker.ts')).worker,
  },
  {
    name: 'validate',
    args: '[file]',
    group: 'Run',
    summary: 'check the config and report every problem at once',
    options: [],
    details: `--json:\n${shapes.validateShape}`,
    load: async () => (await import('./commands/validate.ts')).validate,
  },
  {
    name: 'import',
    args: '<format> <file>',
    group: 'Run',
    summary: 'turn the settings of another tool into an undrift.yaml',
    options: [
      { flags: '--out <file>', description: 'write it there; a file that is there is never overwritten' },
    ],
    details: `FORMAT is patchmoi: the feed-sources.json of patch.moi. What has no counterpart is said on stderr.\n\n--json:\n${shapes.importShape}`,
    load: async () => (await import('./commands/import.ts')).importConfig,
  },
  {
    name: 'apply',
    args: '',
    group: 'Run',
    summary: 'take over the config: watch its upstreams',
    options: [{ flags: '--prune', description: 'end the watches that are not in the config' }],
    details: `--json:\n${shapes.applyShape}`,
    load: async () => (await import('./commands/apply.ts')).apply,
  },
  {
    name: 'run',
    args: '[fork] [tag]',
    group: 'Run',
    summary: 'maintain one release now and wait for the outcome',
    options: [
      { flags: '--line <line>', description: 'the line of the fork, where it has several' },
      { flags: '--detach', description: 'start it and do not wait' },
      { flags: '--dry-run', description: 'nothing outward: wait for `approve` before the push' },
      { flags: '--again', description: 'make another attempt of a release that is done' },
      { flags: '--event <file>', description: 'take repository and tag from an event file, for every fork' },
    ],
    details: `${outcomeCodes}\nThe last line names the attempt. What runs already is joined. Without --line, the one line whose rules take the release.\n\n--json:\n${shapes.runShape}`,
    graceSeconds: 5,
    load: async () => (await import('./commands/run.ts')).run,
  },
  {
    name: 'poll',
    args: '<upstream>',
    group: 'Run',
    summary: 'look at the feed of an upstream now',
    options: [],
    details: `--json:\n${shapes.pollShape}`,
    load: async () => (await import('./commands/poll.ts')).poll,
  },
  {
    name: 'webhook',
    args: '',
    group: 'Run',
    summary: 'listen for the webhooks of forges, and look at the feed at once',
    options: [
      {
        flags: '--listen <address>',
        description: 'HOST:PORT, or a port on the loopback interface (default: 127.0.0.1:8377)',
      },
    ],
    details: `For each upstream with \`webhook: env:NAME\` in the config: POST /hooks/<upstream>, signed by GitHub, GitLab, Forgejo or Gitea.\nExit code 5: a secret is not set · 6: somebody else listens there.\n\n--json, once it listens:\n${shapes.webhookShape}`,
    graceSeconds: Number.POSITIVE_INFINITY,
    load: async () => (await import('./commands/webhook.ts')).webhook,
  },
  {
    name: 'status',
    args: '',
    group: 'Look',
    summary: 'show what is watched, and every attempt with where it stands',
    options: [{ flags: '--all', description: 'also the attempts that ended long ago' }],
    details: `--json (always with every attempt):\n${shapes.statusShape}`,
    load: async () => (await import('./commands/status.ts')).status,
  },
  {
    name: 'inbox',
    args: '',
    group: 'Look',
    summary: 'show what waits for a person, oldest first, with the commands that settle it',
    options: [],
    details: `--json:\n${shapes.inboxShape}`,
    load: async () => (await import('./commands/inbox.ts')).inbox,
  },
  {
    name: 'show',
    args: '<attempt>',
    group: 'Look',
    summary: 'show one attempt: patches, checks, candidates and its question',
    options: [
      { flags: '--follow', description: 'stay until it has ended or waits; exits like `run`' },
      { flags: '--range-diff', description: 'show how the replay changed the patches' },
    ],
    details: `${attemptHelp}\n\n--json:\n${shapes.attemptShape}\nwith --range-diff also "rangeDiff": "…"`,
    graceSeconds: 5,
    load: async () => (await import('./commands/show.ts')).show,
  },
  {
    name: 'plan',
    args: '[fork] [tag]',
    group: 'Look',
    summary: 'show what moving a patch stack would come to; needs no server',
    options: [
      { flags: '--line <line>', description: 'the line of the fork, where it has several' },
      { flags: '--repo <path>', description: 'a repository, instead of a fork of the config' },
      { flags: '--head <rev>', description: "the fork's head, with --repo" },
      { flags: '--onto <rev>', description: 'the upstream commit to move to, with --repo' },
      { flags: '--base <rev>', description: 'what the stack stands on (default: the merge base)' },
      {
        flags: '--upstream <rev>',
        description: 'what else upstream has, such as a release branch that the fork merged',
        repeatable: true,
      },
      { flags: '--policy <policy>', description: 'how markers are read: none, soft (default) or strict' },
      {
        flags: '--exclude <oid>',
        description: 'leave out a commit by the beginning of its id',
        repeatable: true,
      },
      { flags: '--drop <oid>', description: 'drop a patch, as your own word', repeatable: true },
      { flags: '--squash-author <email>', description: "fold a bot's consecutive commits", repeatable: true },
      { flags: '--upstream-prs <file>', description: 'JSON: pull request number to merge commit id' },
      { flags: '--all', description: 'look past a conflict' },
      { flags: '--range-diff', description: 'show how the patches change, as git range-diff does' },
      { flags: '--to <ref>', description: 'keep a result that is done under refs/heads/NAME' },
      { flags: '--expect <oid>', description: 'where the ref of --to must be now (default: nowhere)' },
    ],
    details: `Exit codes: all patches settle 0 · a person is needed 3 · bad input 2.\n\n--json:\n${shapes.planShape}`,
    load: async () => (await import('./commands/plan.ts')).plan,
  },
  {
    name: 'releases',
    args: '[upstream]',
    group: 'Look',
    summary: 'show every release of an upstream, and the rule that took it or left it out',
    options: [
      {
        flags: '--git <url>',
        description: 'look at this repository (a URL or a path) instead of an upstream',
      },
      { flags: '--line <line>', description: 'by the rules of this line (LINE or FORK/LINE)' },
      { flags: '--tags <file>', description: 'look at a plain list of tags, one a line; - for stdin' },
      { flags: '--prefix <text>', description: 'what stands before the version in a tag' },
      { flags: '--match <regex>', description: 'take only tags that hold a match' },
      { flags: '--ignore <regex>', description: 'leave out tags that hold a match' },
      {
        flags: '--scheme <scheme>',
        description: 'loose (default), semver, calver:PATTERN, debian, pep440, regex:RE, numeric, commit',
      },
      { flags: '--range <range>', description: "take only versions in this range, in npm's syntax" },
      { flags: '--prereleases', description: 'take pre-releases, too' },
    ],
    details: `Needs no server, and a config only for an upstream by name. Where its watch answers, it says what is sent, held or waits.\n\n--json:\n${shapes.releasesShape}`,
    load: async () => (await import('./commands/releases.ts')).releases,
  },
  {
    name: 'log',
    args: '[fork]',
    group: 'Look',
    summary: 'show the attempts that ended, as the ledger keeps them; needs no server',
    options: [
      { flags: '--line <line>', description: 'only this line' },
      { flags: '--patch <patch>', description: 'follow one patch, by a commit or a part of its subject' },
      { flags: '--limit <number>', description: 'only so many, the newest' },
      { flags: '--range-diff', description: 'show how each attempt changed the patches' },
    ],
    details: `Newest first. Reads the mirrors of the data folder.\n\n--json:\n${shapes.logShape}`,
    load: async () => (await import('./commands/log.ts')).log,
  },
  {
    name: 'export',
    args: '',
    group: 'Look',
    summary: 'write every watch and attempt as JSON lines',
    options: [{ flags: '--jsonl', description: 'the one format there is, and the default' }],
    details: `Format: ${shapes.exportShape}`,
    load: async () => (await import('./commands/export.ts')).exportAll,
  },
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
    load: async () => (await import('./commands/resolve.ts')).resolve,
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
    load: async () => (await import('./commands/hold.ts')).hold,
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
    load: async () => (await import('./commands/release.ts')).release,
  },
  {
    name: 'resolutions',
    args: '[action] [key]',
    group: 'Decide',
    summary: 'list, show KEY or revoke KEY: what conflicts were settled with; needs no server',
    options: [by],
    details: `The beginning of a key is enough. What is revoked is asked again.\n\n--json:\n${shapes.resolutionsShape}`,
    load: async () => (await import('./commands/resolutions.ts')).resolutions,
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
    load: async () => (await import('./commands/promote.ts')).promote,
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
    load: async () => (await import('./commands/decide.ts')).decideAs(name),
  }
}

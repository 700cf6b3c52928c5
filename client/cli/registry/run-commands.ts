import type { CommandSpec } from '../command.ts'
import * as shapes from '../shapes.ts'
import { outcomeCodes } from './shared-options.ts'

/** What starts work, or keeps it going. */
export const runCommands: readonly CommandSpec[] = [
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
    load: async () => (await import('../commands/up.ts')).up,
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
      {
        flags: '--policy <file>',
        description: 'what it does at most (default: worker.yaml in the data folder, where there is one)',
      },
    ],
    graceSeconds: Number.POSITIVE_INFINITY,
    load: async () => (await import('../commands/worker.ts')).worker,
  },
  {
    name: 'key',
    args: '',
    group: 'Run',
    summary: 'print the public keys of this data folder, as commands for another machine',
    options: [],
    details: `The keys are made where there are none. UNDRIFT_KEY may hold the installation's own as PEM.\n\n--json:\n${shapes.keyShape}`,
    load: async () => (await import('../commands/key.ts')).key,
  },
  {
    name: 'trust',
    args: '<kind> <key>',
    group: 'Run',
    summary: 'trust what another machine signs from now on',
    options: [{ flags: '--note <text>', description: 'whose it is, for the record' }],
    details: `KIND is installation (may start, decide and answer) or verify (only what checks came to).\n\n--json:\n${shapes.trustShape}`,
    load: async () => (await import('../commands/trust.ts')).trust,
  },
  {
    name: 'validate',
    args: '[file]',
    group: 'Run',
    summary: 'check the config and report every problem at once',
    options: [],
    details: `--json:\n${shapes.validateShape}`,
    load: async () => (await import('../commands/validate.ts')).validate,
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
    load: async () => (await import('../commands/import.ts')).importConfig,
  },
  {
    name: 'apply',
    args: '',
    group: 'Run',
    summary: 'take over the config: watch its upstreams',
    options: [{ flags: '--prune', description: 'end the watches that are not in the config' }],
    details: `--json:\n${shapes.applyShape}`,
    load: async () => (await import('../commands/apply.ts')).apply,
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
    load: async () => (await import('../commands/run.ts')).run,
  },
  {
    name: 'poll',
    args: '<upstream>',
    group: 'Run',
    summary: 'look at the feed of an upstream now',
    options: [],
    details: `--json:\n${shapes.pollShape}`,
    load: async () => (await import('../commands/poll.ts')).poll,
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
    load: async () => (await import('../commands/webhook.ts')).webhook,
  },
]

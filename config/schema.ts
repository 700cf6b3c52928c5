import { z } from 'zod'
import { decisionRules, tagPolicies } from '../domain/settings.ts'
import {
  allowEntry,
  branch,
  candidate,
  committerPart,
  duration,
  emailAddress,
  expression,
  feedUrl,
  gitUrl,
  namePattern,
  oidPrefix,
  secretName,
  text,
} from './fields.ts'
import { fsck } from './fsck-schema.ts'
import { generated } from './generated-schema.ts'
import { limits } from './limits-schema.ts'
import { choosing, forkChoosing, lineSchema, tagFields } from './line-schema.ts'
import { signers } from './signer-schema.ts'
import { rulesProblem } from './tag-rules.ts'
import { verification } from './verify-schema.ts'

/** Where candidates go when nobody says: the lines of a fork must not meet there. */
export function defaultCandidate(kind: 'one-line' | 'lines'): string {
  return kind === 'lines' ? 'undrift/candidate/{line}/{tag}' : 'undrift/candidate/{tag}'
}

/** The keys are checked in name-faults.ts: a wrong one must not keep the schema from looking at its value. */
const named = { propertyNames: { pattern: namePattern } }

function repository(description: string) {
  return z
    .union([
      gitUrl('The URL.'),
      z.strictObject({
        url: gitUrl('The URL.'),
        token: secretName('Name of the secret for HTTPS.').optional(),
      }),
    ])
    .meta({ description })
}

const tags = z
  .strictObject({
    prefix: tagFields.prefix.default(''),
    prereleases: tagFields.prereleases.default(false),
    match: tagFields.match.optional(),
    ignore: tagFields.ignore.optional(),
    scheme: tagFields.scheme.optional(),
    build: tagFields.build.optional(),
    range: tagFields.range.optional(),
  })
  .check((context) => {
    const { build } = context.value
    if (build !== undefined && context.value.scheme !== 'semver') {
      const params = { kind: 'bad-value' }
      const message = '`build: numeric` needs `scheme: semver`'
      context.issues.push({ code: 'custom', input: build, path: ['build'], message, params, continue: true })
    }
    const { range, scheme } = context.value
    if (range === undefined || scheme === undefined) return
    const message = rulesProblem({ range, scheme })
    if (message === null || rulesProblem({ range }) !== null || rulesProblem({ scheme }) !== null) return
    const params = { kind: 'bad-value' }
    context.issues.push({ code: 'custom', input: range, path: ['range'], message, params, continue: true })
  })
  .meta({ description: 'Which tags count as releases.' })

const feed = z
  .union([
    feedUrl('The URL.'),
    z
      .strictObject({
        url: feedUrl('The URL.'),
        token: secretName(
          'Name of the secret that raises the limits of an API. It goes to this host only.',
          'the worker of the role `control`',
        ).optional(),
      })
      .check((context) => {
        const { url, token } = context.value
        if (token === undefined || /^(?:git\+)?https:/.test(url)) return
        const params = { kind: 'bad-url', expected: 'https://… or git+https://…' }
        const message = 'a token goes over https only'
        context.issues.push({ code: 'custom', input: url, path: ['url'], message, params, continue: true })
      }),
  ])
  .meta({
    description:
      'Where releases are noticed: Atom or RSS, the API of a forge, a package registry, or Git tags.',
  })

const upstream = z
  .strictObject({
    git: repository('Where the upstream repository is.'),
    feed,
    poll: duration('How often the feed is read.').default('10m'),
    tags: tags.prefault({}),
    fsck: fsck.optional(),
    signedBy: signers.optional(),
    limits: limits.optional(),
    ...choosing,
    security: expression(
      'security',
      'A regular expression, whatever the case. A release whose tag, title or notes hold a match of it waits for no age and no hour.',
      { examples: ['CVE-|security fix'] },
    ).optional(),
    expect: duration(
      'A release is expected within this time; `status` and `inbox` show when none came.',
    ).optional(),
    patience: duration(
      'How long the feed may be gone, or no poll may work, before a person is asked.',
    ).default('1d'),
    webhook: secretName(
      'Name of the secret that the forge signs its webhooks with, for `undrift webhook`.',
      'the process that runs `undrift webhook`',
    ).optional(),
  })
  .meta({ description: 'A project that is followed.' })

const publish = z
  .strictObject({
    candidate: candidate(
      'The branch that is offered; `{tag}`, `{fork}` and `{line}` are filled in. Left out, it is `undrift/candidate/{tag}`, or `undrift/candidate/{line}/{tag}` for a fork with `lines`.',
    ).optional(),
    to: z
      .array(text({ description: 'The name of a remote of this fork.' }))
      .min(1)
      .optional()
      .meta({ description: 'Remotes that get the candidate, in this order; all of them when left out.' }),
    push: z
      .boolean()
      .default(false)
      .meta({ description: 'false: every attempt waits for `undrift approve` before anything goes out.' }),
    keep: z.int().min(1).max(1000).optional().meta({
      description:
        'How many candidates and how many backups of a line stay on the remotes; older ones that nobody moved are deleted after a push or a promotion. All stay when it is left out.',
    }),
    notes: z.boolean().default(false).meta({
      description:
        'Whether notes on patches (`refs/notes/commits`) go to the same remotes, copied to the new commits.',
    }),
    ledger: z.boolean().default(false).meta({
      description:
        'Whether the record of the attempts and the resolutions go to the same remotes, under `refs/undrift/`.',
    }),
  })
  .meta({ description: 'What an attempt offers, and where.' })

const committer = z
  .strictObject({
    name: committerPart(
      'Name.',
      /^[^<>\u0000-\u001f\u007f]*[^<>\u0000-\u0020\u007f.,:;"'\\][^<>\u0000-\u001f\u007f]*$/,
    ),
    email: committerPart('E-mail address.', /^[^<>\s\u0000-\u001f\u007f]+$/),
  })
  .meta({ description: 'The committer of replayed patches.' })

const patches = z
  .strictObject({
    policy: z.enum(tagPolicies).default('soft').meta({
      description:
        'How markers in messages are read: `soft` carries what has none, `strict` drops it, `none` reads no marker.',
    }),
    exclude: z
      .array(oidPrefix('The beginning of the id of a commit that is left out.'))
      .default([])
      .meta({ description: 'Commits of the fork that are left out.' }),
    squashAuthors: z
      .array(emailAddress('The address of a bot.'))
      .default([])
      .meta({ description: 'Authors whose consecutive commits become one patch.' }),
  })
  .meta({ description: 'What of the stack is carried, and how.' })

const fork = z
  .strictObject({
    upstream: text({ description: 'The name of the upstream that is followed.' }),
    remotes: z
      .record(z.string(), repository('Where this remote is.'))
      .refine((remotes) => Object.keys(remotes).length > 0, { error: 'there is no remote', abort: false })
      .meta({
        ...named,
        description: 'The fork’s repositories. The branch is read from `origin`, or else from the first.',
      }),
    fsck: fsck.optional(),
    branch: branch(
      'The maintained branch: the line `main`. May be left out where there are lines.',
    ).optional(),
    ...forkChoosing,
    lines: z
      .record(z.string(), lineSchema(verification.optional()))
      .optional()
      .meta({ ...named, description: 'Further maintained branches, by the name of the line.' }),
    patches: patches.optional(),
    verify: verification,
    sandbox: z
      .enum(['bubblewrap', 'none'])
      .default('bubblewrap')
      .meta({ description: '`none` runs the commands of `verify` with all rights of the worker.' }),
    publish: publish.prefault({}),
    generated: generated.optional(),
    committer: committer.default({ name: 'Undrift', email: 'undrift@localhost' }),
  })
  .meta({
    description: 'A maintained repository with patches of its own.',
    anyOf: [{ required: ['branch'] }, { required: ['lines'] }],
  })

/** `undrift.yaml`, as a person writes it. */
export const configSchema = z
  .strictObject({
    upstreams: z
      .record(z.string(), upstream)
      .meta({ ...named, description: 'The projects that are followed, by name.' }),
    forks: z
      .record(z.string(), fork)
      .meta({ ...named, description: 'The repositories that are maintained, by name.' }),
    network: z
      .strictObject({
        allow: z
          .array(allowEntry('A host name, an address or a CIDR block.'))
          .default([])
          .meta({ description: 'Where feeds may be fetched from on private and loopback networks.' }),
      })
      .prefault({})
      .meta({ description: 'What the operator opens.' }),
    decisions: z.enum(decisionRules).optional().meta({
      description:
        'Whose decisions are taken: `any` of whoever reaches the Temporal server, who may choose among what a question offers; `signed` only those of the command line with a key that the workers trust. Left out: `any` on a server on the loopback interface, `signed` on any other.',
    }),
  })
  .meta({ title: 'undrift.yaml', description: 'Upstreams that are followed and forks that are maintained.' })

export type ConfigFile = z.output<typeof configSchema>
export type UpstreamEntry = ConfigFile['upstreams'][string]
export type ForkEntry = ConfigFile['forks'][string]
export type LineEntry = NonNullable<ForkEntry['lines']>[string]
export type RepositoryEntry = ForkEntry['remotes'][string]

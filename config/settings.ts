import type { GeneratedRule } from '../domain/generated.ts'
import type {
  ForkSettings,
  PublishSettings,
  Remote,
  SecretName,
  UpstreamSettings,
  VerifySettings,
} from '../domain/settings.ts'
import type { Config } from './config.ts'
import { parseDuration, parseSize } from './duration.ts'
import { toLimits } from './limits-schema.ts'
import { ageSeconds, readQuiet } from './line-schema.ts'
import { mergeTags } from './merge-tags.ts'
import {
  type ConfigFile,
  defaultCandidate,
  type ForkEntry,
  type LineEntry,
  type RepositoryEntry,
  type UpstreamEntry,
} from './schema.ts'
import { type KeyReader, toSignerKey } from './signer-keys.ts'
import { defaultVerify } from './verify-schema.ts'

/** The plain settings of a file that the schema took. */
export function toConfig(file: ConfigFile, path: string, readKey: KeyReader): Config {
  const upstreams = Object.entries(file.upstreams).map(
    ([name, entry]): UpstreamSettings => ({
      name,
      git: toRemote('upstream', entry.git, ignoredIn(entry)),
      ...toFeed(entry.feed),
      pollSeconds: seconds(entry.poll),
      tags: entry.tags,
      allow: file.network.allow,
      ...(entry.signedBy === undefined
        ? {}
        : { signedBy: entry.signedBy.map((each) => toSignerKey(each, readKey)) }),
      ...(entry.security === undefined ? {} : { security: entry.security }),
      ...(entry.expect === undefined ? {} : { expectSeconds: seconds(entry.expect) }),
      patienceSeconds: seconds(entry.patience),
      ...(file.decisions === undefined ? {} : { decisions: file.decisions }),
      ...(entry.limits === undefined ? {} : { limits: toLimits(entry.limits) }),
    }),
  )
  const webhooks = Object.entries(file.upstreams).flatMap(([name, { webhook }]) =>
    webhook === undefined ? [] : [[name, webhook as SecretName] as const],
  )
  return {
    path,
    upstreams,
    forks: Object.entries(file.forks).flatMap(([name, entry]) =>
      toLines(name, entry, file.upstreams[entry.upstream]),
    ),
    webhooks: new Map(webhooks),
  }
}

function toFeed(entry: UpstreamEntry['feed']): Pick<UpstreamSettings, 'feed' | 'feedToken'> {
  if (typeof entry === 'string') return { feed: entry }
  return { feed: entry.url, ...(entry.token === undefined ? {} : { feedToken: entry.token as SecretName }) }
}

/** One fork's settings for each of its lines; its `branch` is the line `main`. */
function toLines(
  name: string,
  entry: ForkEntry,
  upstream: UpstreamEntry | undefined,
): readonly ForkSettings[] {
  const { branch, lines = {} } = entry
  const first = branch === undefined ? [] : [['main', { branch }] as const]
  return [...first, ...Object.entries(lines)].map(([line, lineEntry]) =>
    toLine({ name, line }, entry, { upstream, line: lineEntry }),
  )
}

function toLine(
  names: Pick<ForkSettings, 'name' | 'line'>,
  entry: ForkEntry,
  around: { readonly upstream: UpstreamEntry | undefined; readonly line: LineEntry },
): ForkSettings {
  // The fork holds upstream's history, with what was let in there.
  const ignored = [...new Set([...ignoredIn(around.upstream), ...ignoredIn(entry)])]
  const remotes = Object.entries(entry.remotes).map(([remote, repository]) =>
    toRemote(remote, repository, ignored),
  )
  const ordered = [
    ...remotes.filter((remote) => remote.name === 'origin'),
    ...remotes.filter((remote) => remote.name !== 'origin'),
  ]
  return {
    ...names,
    upstream: entry.upstream,
    remotes: ordered,
    branch: around.line.branch,
    ...toChoosing(around.line, entry, around.upstream),
    ...(entry.patches ? { patches: entry.patches } : {}),
    verify: toVerify(around.line.verify ?? entry.verify),
    sandbox: entry.sandbox,
    publish: toPublish(entry, ordered),
    committer: entry.committer,
    ...(entry.generated === undefined ? {} : { generated: toGenerated(entry.generated) }),
  }
}

function toGenerated(entries: NonNullable<ForkEntry['generated']>): readonly GeneratedRule[] {
  return Object.entries(entries).map(([pattern, entry]) => {
    if (typeof entry === 'string') return { kind: 'run', pattern, command: entry }
    return entry.take === undefined
      ? { kind: 'run', pattern, command: entry.run ?? '' }
      : { kind: entry.take, pattern }
  })
}

/** How a line chooses: for each rule, what stands nearest to it. */
function toChoosing(
  line: LineEntry,
  fork: ForkEntry,
  upstream: UpstreamEntry | undefined,
): Pick<ForkSettings, 'tags' | 'step' | 'minimumAgeSeconds' | 'quiet'> {
  const step = line.step ?? fork.step ?? upstream?.step
  const age = ageSeconds(line.minimumAge ?? fork.minimumAge ?? upstream?.minimumAge ?? '0s')
  const quiet = readQuiet(line.quiet ?? fork.quiet ?? upstream?.quiet ?? [])
  const ownTags = upstream !== undefined && (line.tags !== undefined || fork.tags !== undefined)
  return {
    ...(ownTags ? { tags: mergeTags(upstream.tags, fork.tags, line.tags) } : {}),
    ...(step === undefined ? {} : { step }),
    ...(age === 0 ? {} : { minimumAgeSeconds: age }),
    ...(quiet.length === 0 ? {} : { quiet }),
  }
}

function toRemote(name: string, entry: RepositoryEntry, ignored: readonly string[]): Remote {
  const ignore = ignored.length === 0 ? {} : { ignore: ignored }
  if (typeof entry === 'string') return { name, url: entry, token: null, ...ignore }
  return { name, url: entry.url, token: (entry.token as SecretName | undefined) ?? null, ...ignore }
}

function ignoredIn(entry: Pick<UpstreamEntry, 'fsck'> | undefined): readonly string[] {
  return entry?.fsck?.ignore ?? []
}

function toVerify(entry: ForkEntry['verify']): VerifySettings {
  const options = 'commands' in entry ? entry : { ...defaultVerify, commands: entry }
  return {
    commands: options.commands,
    network: options.network,
    timeoutSeconds: seconds(options.timeout),
    idleSeconds: seconds(options.idle),
    outputBytes: checked(parseSize(options.output)),
    processes: options.processes,
    memoryBytes: checked(parseSize(options.memory)),
    diskBytes: checked(parseSize(options.disk)),
    ...('environment' in options && options.environment !== undefined
      ? { environment: options.environment }
      : {}),
  }
}

function toPublish({ publish, lines }: ForkEntry, remotes: readonly Remote[]): PublishSettings {
  return {
    candidate: publish.candidate ?? defaultCandidate(lines === undefined ? 'one-line' : 'lines'),
    push: publish.push,
    ...(publish.keep === undefined ? {} : { keep: publish.keep }),
    ...(publish.notes ? { notes: true } : {}),
    ...(publish.ledger ? { ledger: true } : {}),
    to: publish.to ?? remotes.map((remote) => remote.name),
  }
}

function seconds(text: string): number {
  return checked(parseDuration(text))
}

function checked(value: number | null): number {
  if (value === null) throw new Error('The schema let a wrong duration or size pass.')
  return value
}

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
import {
  type ConfigFile,
  defaultVerify,
  type ForkEntry,
  type RepositoryEntry,
  type UpstreamEntry,
} from './schema.ts'

/** The plain settings of a file that the schema took. */
export function toConfig(file: ConfigFile, path: string): Config {
  const upstreams = Object.entries(file.upstreams).map(
    ([name, entry]): UpstreamSettings => ({
      name,
      git: toRemote('upstream', entry.git),
      ...toFeed(entry.feed),
      pollSeconds: seconds(entry.poll),
      tags: entry.tags,
      allow: file.network.allow,
    }),
  )
  const webhooks = Object.entries(file.upstreams).flatMap(([name, { webhook }]) =>
    webhook === undefined ? [] : [[name, webhook as SecretName] as const],
  )
  return {
    path,
    upstreams,
    forks: Object.entries(file.forks).map(([name, entry]) => toFork(name, entry)),
    webhooks: new Map(webhooks),
  }
}

function toFeed(entry: UpstreamEntry['feed']): Pick<UpstreamSettings, 'feed' | 'feedToken'> {
  if (typeof entry === 'string') return { feed: entry }
  return { feed: entry.url, ...(entry.token === undefined ? {} : { feedToken: entry.token as SecretName }) }
}

function toFork(name: string, entry: ForkEntry): ForkSettings {
  const remotes = Object.entries(entry.remotes).map(([remote, repository]) => toRemote(remote, repository))
  const ordered = [
    ...remotes.filter((remote) => remote.name === 'origin'),
    ...remotes.filter((remote) => remote.name !== 'origin'),
  ]
  return {
    name,
    line: 'main',
    upstream: entry.upstream,
    remotes: ordered,
    branch: entry.branch,
    ...(entry.patches ? { patches: entry.patches } : {}),
    verify: toVerify(entry.verify),
    sandbox: entry.sandbox,
    publish: toPublish(entry.publish, ordered),
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

function toRemote(name: string, entry: RepositoryEntry): Remote {
  if (typeof entry === 'string') return { name, url: entry, token: null }
  return { name, url: entry.url, token: (entry.token as SecretName | undefined) ?? null }
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
  }
}

function toPublish(entry: ForkEntry['publish'], remotes: readonly Remote[]): PublishSettings {
  return {
    candidate: entry.candidate,
    push: entry.push,
    ...(entry.ledger ? { ledger: true } : {}),
    to: entry.to ?? remotes.map((remote) => remote.name),
  }
}

function seconds(text: string): number {
  return checked(parseDuration(text))
}

function checked(value: number | null): number {
  if (value === null) throw new Error('The schema let a wrong duration or size pass.')
  return value
}

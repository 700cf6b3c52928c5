import { mkdtemp, realpath, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createSandbox } from '../../adapters/sandboxes/create-sandbox.ts'
import { makeCertificate } from '../world/certificate.ts'
import { type ForkConfig, writeConfig } from '../world/config.ts'
import { apiForm } from '../world/feed-form.ts'
import { type FeedServer, type ProjectFeed, startFeedServer } from '../world/feed-server.ts'
import { type GitServer, startGitServer } from '../world/git-server.ts'
import { buildRepositories, firstTag, type Repositories } from '../world/repositories.ts'
import { makeKeys } from '../world/signing.ts'
import { makeCanary, secretNames } from './canary.ts'
import { type Installation, makeInstallation } from './installation.ts'
import type { Scenario } from './scenario.ts'

/** One fork of the world with everything that belongs to it. */
export interface Ground {
  readonly repositories: Repositories
  readonly feed: ProjectFeed
}

/** Everything that scenarios play in. */
export interface World {
  readonly folder: string
  readonly feeds: FeedServer
  /** Holds the feeds that open to the canary only. */
  readonly apis: FeedServer
  /** Holds every fork's first remote, and opens to the canary only. */
  readonly host: GitServer
  readonly installation: Installation
  readonly canary: string
  /** Null when verification runs in bubblewrap; else why it does not. */
  readonly unboxed: string | null
  readonly grounds: ReadonlyMap<string, Ground>
  /** Ends the servers and removes the folder. */
  remove(): Promise<void>
}

type Cast = Pick<
  Scenario,
  | 'name'
  | 'push'
  | 'verify'
  | 'ledger'
  | 'generated'
  | 'poll'
  | 'webhook'
  | 'patience'
  | 'choosing'
  | 'lines'
  | 'signed'
  | 'api'
  | 'objectFormat'
>

/** Builds the world for these scenarios in a temporary folder; nothing of Undrift is started yet. */
export async function buildWorld(cast: readonly Cast[], say: (text: string) => void): Promise<World> {
  // Undrift may name the folder by its real path, where the system's temporary folder is a link.
  const folder = await realpath(await mkdtemp(join(tmpdir(), 'undrift-harness-')))
  const feeds = await startFeedServer()
  const canary = makeCanary()
  const root = join(folder, 'forks')
  // One for both: with two of the same name, a client may try the wrong one.
  const certificate = makeCertificate(new Date())
  const host = await startGitServer({ root, token: canary, certificate })
  const trusted = join(folder, 'host.pem')
  const apis = await startFeedServer({ form: apiForm, certificate, token: canary })
  await writeFile(trusted, certificate.cert)
  const unboxed = await createSandbox('bubblewrap').missing(false)
  const forks = await Promise.all(cast.map((one) => buildGround(root, one, { feeds, apis, host })))
  await writeConfig(join(folder, 'undrift.yaml'), forks, {
    sandbox: unboxed === null ? 'bubblewrap' : 'none',
    tokenName: secretNames[0],
    webhookName: secretNames[1],
  })
  return {
    folder,
    feeds,
    apis,
    host,
    canary,
    unboxed,
    installation: await makeInstallation({ folder, canary, trusted, say }),
    grounds: new Map(forks.map(({ name, repositories, feed }) => [name, { repositories, feed }])),
    async remove() {
      await Promise.all([feeds.close(), apis.close(), host.close()])
      await rm(folder, { recursive: true, force: true })
    },
  }
}

async function buildGround(
  root: string,
  {
    name,
    push,
    verify = ['sh check.sh'],
    ledger = false,
    poll = '1s',
    webhook = false,
    generated = {},
    patience = '1d',
    choosing = {},
    lines,
    signed = false,
    api = false,
    objectFormat,
  }: Cast,
  { feeds, apis, host }: Pick<World, 'feeds' | 'apis' | 'host'>,
): Promise<ForkConfig & Ground> {
  const repositories = await buildRepositories(join(root, name), objectFormat)
  const feed = (api ? apis : feeds).feed(name)
  feed.announce({ tag: firstTag, publishedAt: '2026-01-01T09:00:00Z' })
  const originUrl = `${host.address}/${name}/origin.git`
  const feedUrl = feed.url
  const signedBy = signed ? { signedBy: await makeKeys(repositories) } : {}
  return {
    name,
    repositories,
    feed,
    feedUrl,
    originUrl,
    push,
    verify,
    ledger,
    poll,
    webhook,
    generated,
    patience,
    choosing,
    ...(lines === undefined ? {} : { lines }),
    ...signedBy,
    guarded: api,
  }
}

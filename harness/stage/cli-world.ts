import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type Ran, runHere } from '../../client/cli/testing.ts'
import { writeConfig } from '../world/config.ts'
import { startFeedServer } from '../world/feed-server.ts'
import { buildRepositories, type Repositories } from '../world/repositories.ts'
import { until } from './cli-output.ts'
import { freePorts } from './free-port.ts'
import { startUp, type Up } from './up.ts'

/** One fork with a feed, and an `undrift up` that watches it: what tests of the CLI go on from. */
export interface CliWorld {
  readonly folder: string
  /** The data folder. */
  readonly data: string
  readonly repositories: Repositories
  /** Of the embedded server and its Web UI. */
  readonly ports: readonly number[]
  readonly env: NodeJS.ProcessEnv
  readonly up: Up
  /** Starts another `up` on the same data folder. */
  startUp(): Up
  /** Starts a command that stays, from the sources, in a process of its own. */
  stay(...argv: readonly string[]): Up
  /** Runs a command in this process. */
  cli(...argv: readonly string[]): Promise<Ran>
  /** The same with `--json`; answers the object. */
  json(...argv: readonly string[]): Promise<Record<string, unknown>>
  remove(): Promise<void>
}

const entry = fileURLToPath(new URL('../../client/cli/entry.ts', import.meta.url))

/** Builds the world of a fork of this name, and waits until `up` says that its upstream is watched. */
export async function buildCliWorld(fork: string): Promise<CliWorld> {
  const folder = await mkdtemp(join(tmpdir(), 'undrift-cli-world-'))
  const data = join(folder, 'data')
  const env = {
    PATH: process.env.PATH,
    UNDRIFT_TEMPORAL_CLI: process.env.UNDRIFT_TEMPORAL_CLI,
    TOKEN: 'unused',
  }
  const repositories = await buildRepositories(join(folder, 'repositories'))
  const feeds = await startFeedServer()
  const feed = feeds.feed(fork)
  feed.announce({ tag: 'v1.0.0', publishedAt: '2026-01-01T00:00:00Z' })
  const originUrl = `file://${repositories.remotes.origin}`
  await writeConfig(
    join(folder, 'undrift.yaml'),
    [{ name: fork, repositories, feedUrl: feed.url, originUrl, push: false, verify: ['sh check.sh'] }],
    { sandbox: 'none', tokenName: 'TOKEN' },
  )
  const ports = await freePorts(2)
  const stay = (...argv: readonly string[]) =>
    startUp([entry, '--data', data, ...argv], { cwd: folder, env, say: () => undefined })
  const startTheUp = () => stay('up', '--port', `${ports[0]}`, '--ui-port', `${ports[1]}`, '--json')
  const cli = (...argv: readonly string[]) => runHere(['--data', data, ...argv], { cwd: folder, env })
  const up = startTheUp()
  await until(() => up.code() !== undefined || up.said().includes('"watches"'))
  return {
    ...{ folder, data, repositories, ports, env, up, stay, cli },
    startUp: startTheUp,
    json: async (...argv) => JSON.parse((await cli(...argv, '--json')).out),
    async remove() {
      await up.interrupt()
      await feeds.close()
      await rm(folder, { recursive: true, force: true })
    },
  }
}

import { randomUUID } from 'node:crypto'
import { join } from 'node:path'
import type { WorkflowHandle } from '@temporalio/client'
import { pollFeed } from '../activities/poll-feed.ts'
import { readPollMemory } from '../activities/read-poll-memory.ts'
import type { MovedTagsInput, PollInput, StartMaintenanceInput } from '../activities/watch-types.ts'
import type { ForkSettings, UpstreamSettings } from '../domain/settings.ts'
import { makeFolder, makeRepo, type TestRepo } from '../git/testing.ts'
import type { FeedServer, ProjectFeed } from '../harness/world/feed-server.ts'
import type { startTestServer } from '../workers/testing.ts'
import type { WatchInput } from './messages.ts'
import { openStage, type Stage, settings } from './testing.ts'

/** A watch on a real server, a real feed and a real repository; only the attempts are not begun but counted. */
export interface WatchStage {
  readonly client: Stage['client']
  readonly feed: ProjectFeed
  /** `fork/line tag` of each attempt that was to be begun. */
  readonly started: readonly string[]
  readonly upstream: UpstreamSettings
  readonly forks: readonly ForkSettings[]
  /** The upstream repository. */
  readonly repo: TestRepo
  /** Tags whose running attempts were told that they moved. */
  readonly told: readonly string[]
  readonly announce: (...tags: readonly string[]) => void
  readonly watch: (
    changes?: Partial<UpstreamSettings>,
    more?: Partial<Pick<WatchInput, 'forks' | 'known'>>,
  ) => Promise<WorkflowHandle>
  /** Waits until the feed was asked this often from now on. */
  readonly polled: (times: number) => Promise<void>
  /** Done twice, it does nothing the second time. */
  readonly close: () => Promise<void>
}

/** Opens the stage for one test: two forks, the second with two lines. */
export async function openWatchStage(
  server: Awaited<ReturnType<typeof startTestServer>>,
  feeds: FeedServer,
): Promise<WatchStage> {
  const feed = feeds.feed(randomUUID())
  const folder = makeFolder()
  const repo = makeRepo(join(folder.path, 'upstream'))
  repo.commit('one', { file: '1' })
  const started: string[] = []
  let closed = false
  const told: string[] = []
  const stage = await openStage(server, {
    control: {
      pollFeed: (input: PollInput) => pollFeed(input, { env: {} }),
      readPollMemory,
      startMaintenance: async ({ settings: { fork }, release }: StartMaintenanceInput) => {
        started.push(`${fork.name}/${fork.line} ${release.tag}`)
        return 'started'
      },
      tellMovedTags: async ({ tags }: MovedTagsInput) => {
        told.push(...tags)
        return []
      },
    },
  })
  const git = { name: 'git', url: repo.dir, token: null }
  const upstream = { ...settings.upstream, git, feed: feed.url, pollSeconds: 1 }
  const forks = [
    settings.fork,
    { ...settings.fork, name: 'other' },
    { ...settings.fork, name: 'other', line: 'lts' },
  ]
  return {
    client: stage.client,
    feed,
    started,
    upstream,
    forks,
    announce: (...tags) => {
      for (const tag of tags) {
        repo.git('tag', tag)
        feed.announce({ tag, publishedAt: '2026-11-01T00:00:00Z' })
      }
    },
    repo,
    told,
    watch: (changes = {}, more = {}) =>
      stage.client.workflow.start('watchUpstream', {
        workflowId: `watch/${randomUUID()}`,
        taskQueue: 'undrift',
        args: [{ upstream: { ...upstream, ...changes }, forks, known: null, configDigest: 'one', ...more }],
      }),
    polled: async (times) => {
      const enough = feed.counts().requests + times
      while (feed.counts().requests < enough) await new Promise((resolve) => setTimeout(resolve, 50))
    },
    close: async () => {
      if (closed) return
      closed = true
      await stage.stop()
      folder.remove()
    },
  }
}

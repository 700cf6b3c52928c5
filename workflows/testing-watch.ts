import { randomUUID } from 'node:crypto'
import { join } from 'node:path'
import type { WorkflowHandle } from '@temporalio/client'
import { lookUpTag } from '../activities/look-up-tag.ts'
import { pollFeed } from '../activities/poll-feed.ts'
import { readPollMemory } from '../activities/read-poll-memory.ts'
import type { RecordEventInput } from '../activities/record-types.ts'
import { showMovedTags } from '../activities/show-moved-tags.ts'
import { runStep } from '../activities/step.ts'
import { keepWatch, recallWatch } from '../activities/watch-memory.ts'
import type { MovedTagsInput, PollInput, StartMaintenanceInput } from '../activities/watch-types.ts'
import { dataFolder } from '../config/data-folder.ts'
import type { ForkSettings, UpstreamSettings } from '../domain/settings.ts'
import { makeFolder, makeRepo, type TestRepo } from '../git/testing.ts'
import type { FeedServer, ProjectFeed } from '../harness/world/feed-server.ts'
import type { startTestServer } from '../workers/testing.ts'
import type { FeedWordInput, WatchInput } from './messages.ts'
import { openStage, type Stage, settings } from './testing.ts'

/** A watch on a real server, a real feed and a real repository; only the attempts are not begun but counted. */
export interface WatchStage {
  readonly client: Stage['client']
  readonly stranger: Stage['stranger']
  /** The data folder of whoever holds the key. */
  readonly data: string
  /** The folder of the mirrors. */
  readonly mirrors: string
  readonly feed: ProjectFeed
  /** `fork/line tag` of each attempt that was to be begun. */
  readonly started: readonly string[]
  readonly upstream: UpstreamSettings
  readonly forks: readonly ForkSettings[]
  /** The upstream repository. */
  readonly repo: TestRepo
  /** Tags whose running attempts were told that they moved. */
  readonly told: readonly string[]
  /** What the feed said against releases that were sent. */
  readonly words: readonly FeedWordInput[]
  /** What was to be written into ledgers. */
  readonly events: readonly RecordEventInput[]
  readonly announce: (...tags: readonly string[]) => void
  readonly watch: (
    changes?: Partial<UpstreamSettings>,
    more?: Partial<Pick<WatchInput, 'forks' | 'known'>>,
  ) => Promise<WorkflowHandle>
  /** Waits until the feed was asked this often from now on; only for a watch that goes on asking. */
  readonly polled: (times: number) => Promise<void>
  /** Done twice, it does nothing the second time. */
  readonly close: () => Promise<void>
}

/** Waits until the poll of a watch has looked and waits for its next time, however long that is. */
export async function untilPollRests(handle: WorkflowHandle): Promise<void> {
  while (true) {
    const { raw } = await handle.describe()
    const poll = raw.pendingActivities?.find(({ activityId }) => activityId === 'poll-feed')
    // A try that runs has a start; one that waits for its time has none any more.
    if ((poll?.attempt ?? 1) > 1 && !poll?.lastStartedTime) return
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
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
  const words: FeedWordInput[] = []
  const events: RecordEventInput[] = []
  const data = dataFolder(join(folder.path, 'data'), {})
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
      tellFeedWords: async (input) => {
        words.push(...input.words)
        return []
      },
      offerSettings: async () => [],
      lookUpTag: (input) => lookUpTag(input, { env: {} }),
    },
    git: {
      recordEvent: async (input) => {
        events.push(input)
      },
      keepWatch: (input) => runStep((step) => keepWatch(input, { data }, step)),
      recallWatch: (input) => runStep((step) => recallWatch(input, { data }, step)),
      showMovedTags: (input) =>
        runStep((step) => showMovedTags(input, { data, address: server.address, env: {} }, step)),
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
    stranger: stage.stranger,
    data: stage.data.root,
    mirrors: data.mirrors,
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
    words,
    events,
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

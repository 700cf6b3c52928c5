import { randomUUID } from 'node:crypto'
import { join } from 'node:path'
import type { WorkflowHandle } from '@temporalio/client'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { pollFeed } from '../activities/poll-feed.ts'
import { readPollMemory } from '../activities/read-poll-memory.ts'
import type { PollInput, StartMaintenanceInput } from '../activities/watch-types.ts'
import { newestRelease } from '../domain/lines/newest-release.ts'
import { makeFolder, makeRepo, type TestRepo } from '../git/testing.ts'
import { type FeedServer, type ProjectFeed, startFeedServer } from '../harness/world/feed-server.ts'
import { startTestServer } from '../workers/testing.ts'
import type { WatchStatus } from './messages.ts'
import { openStage, type Stage, settings, until } from './testing.ts'

let server: Awaited<ReturnType<typeof startTestServer>>
let feeds: FeedServer
let feed: ProjectFeed
let stage: Stage
let started: StartMaintenanceInput[]
let folder: ReturnType<typeof makeFolder>
let repo: TestRepo

beforeAll(async () => {
  server = await startTestServer()
  feeds = await startFeedServer()
}, 600_000)
beforeEach(async () => {
  feed = feeds.feed(randomUUID())
  started = []
  folder = makeFolder()
  repo = makeRepo(join(folder.path, 'upstream'))
  repo.commit('one', { file: '1' })
  const startMaintenance = async (input: StartMaintenanceInput) => {
    started.push(input)
    return 'started' as const
  }
  stage = await openStage(server, {
    control: {
      pollFeed: (input: PollInput) => pollFeed(input, { env: {} }),
      readPollMemory,
      startMaintenance,
      offerSettings: async () => [],
    },
    git: { keepWatch: async () => {}, recallWatch: async () => null },
  })
})
afterEach(async () => {
  await stage.stop()
  folder.remove()
})
afterAll(async () => {
  await feeds?.close()
  await server?.stop()
})

function announce(...tags: string[]): void {
  for (const tag of tags) {
    repo.git('tag', tag)
    feed.announce({ tag, publishedAt: '2026-11-01T00:00:00Z' })
  }
}

function watch(pollSeconds: number, url = feed.url): Promise<WorkflowHandle> {
  const git = { name: 'git', url: repo.dir, token: null }
  return stage.client.workflow.start('watchUpstream', {
    workflowId: `watch/${randomUUID()}`,
    taskQueue: 'undrift',
    args: [
      {
        upstream: { ...settings.upstream, git, feed: url, pollSeconds },
        forks: [settings.fork, { ...settings.fork, name: 'other' }],
        known: null,
        configDigest: 'one',
      },
    ],
  })
}

async function events(handle: WorkflowHandle): Promise<number> {
  return (await handle.fetchHistory()).events?.length ?? 0
}

async function polled(times: number): Promise<void> {
  while (feed.counts().requests < times) await new Promise((resolve) => setTimeout(resolve, 50))
}

describe('the feed watch', () => {
  it('takes a baseline, writes no history while it idles, and sends the newest release to each fork', async () => {
    announce('v1.0.0', 'v1.1.0')
    const handle = await watch(1)
    const first = await until<WatchStatus>(handle, ({ known }) => known !== null)
    expect(first.known).toMatchObject({
      lines: { 'mine/main': { standsOn: 'v1.1.0', waiting: [] }, 'other/main': { standsOn: 'v1.1.0' } },
      dispatched: [],
      pins: [{ tag: 'v1.1.0' }],
    })
    expect(started).toEqual([])

    await polled(3)
    const idle = await events(handle)
    await polled(6)
    expect(await events(handle)).toBe(idle)
    expect(feed.counts().notModified).toBeGreaterThanOrEqual(3)

    announce('v1.2.0', 'v1.3.0-rc.1', 'v1.1.1', 'v1.3.0')
    await until<WatchStatus>(
      handle,
      ({ known, phase }) => phase === 'polling' && newestRelease(known) === 'v1.3.0',
    )
    expect(started.map(({ settings: { fork }, release }) => `${fork.name} ${release.tag}`)).toEqual([
      'mine v1.3.0',
      'other v1.3.0',
    ])
    const { known } = await handle.query<WatchStatus>('status')
    expect(known?.skipped).toEqual([
      { tag: 'v1.3.0-rc.1', reason: expect.stringContaining('pre-release') },
      { tag: 'v1.1.1', reason: 'step: v1.3.0 is newer' },
      { tag: 'v1.2.0', reason: 'step: v1.3.0 is newer' },
    ])

    announce('v1.2.1')
    const later = await until<WatchStatus>(handle, (status) => status.known?.skipped.length === 4)
    expect(later.known?.skipped[3]).toEqual({ tag: 'v1.2.1', reason: 'older than v1.3.0' })
    expect(started).toHaveLength(2)
    await handle.terminate()
  })

  it('notices a tag in a repository that has no feed', async () => {
    repo.git('tag', 'v1.0.0')
    const handle = await watch(1, `git+file://${repo.dir}`)
    const first = await until<WatchStatus>(handle, ({ known }) => known !== null)
    expect(newestRelease(first.known)).toBe('v1.0.0')
    repo.git('tag', 'v1.1.0')
    await until<WatchStatus>(
      handle,
      ({ known, phase }) => phase === 'polling' && newestRelease(known) === 'v1.1.0',
    )
    expect(started.map(({ release }) => release.tag)).toEqual(['v1.1.0', 'v1.1.0'])
    await handle.terminate()
  })

  it('polls at once when it is asked, and takes new settings without losing what it knows', async () => {
    announce('v1.0.0')
    const handle = await watch(3600)
    await until<WatchStatus>(handle, ({ known }) => known !== null)
    await polled(2)
    announce('v1.1.0')
    await handle.signal('pollNow')
    await until<WatchStatus>(
      handle,
      ({ known, phase }) => phase === 'polling' && newestRelease(known) === 'v1.1.0',
    )

    await polled(4)
    const git = { name: 'git', url: repo.dir, token: null }
    const upstream = { ...settings.upstream, git, feed: feed.url, pollSeconds: 1 }
    await handle.signal('configure', { upstream, forks: [settings.fork], configDigest: 'two' })
    const changed = await until<WatchStatus>(handle, ({ pollSeconds }) => pollSeconds === 1)
    expect(changed).toMatchObject({ forks: ['mine'], known: { dispatched: ['v1.1.0'] } })
    expect((await handle.describe()).memo).toMatchObject({ configDigest: 'two' })
    const { events: all } = await handle.fetchHistory()
    expect(all?.filter(({ workflowTaskFailedEventAttributes }) => workflowTaskFailedEventAttributes)).toEqual(
      [],
    )
    announce('v1.2.0')
    await until<WatchStatus>(
      handle,
      ({ known, phase }) => phase === 'polling' && newestRelease(known) === 'v1.2.0',
    )
    expect(started.filter(({ release }) => release.tag === 'v1.2.0')).toHaveLength(1)
    await handle.terminate()
  })

  it('shows a feed that fails, keeps what it knows, and goes on when it is back', async () => {
    announce('v1.0.0')
    const handle = await watch(1)
    await until<WatchStatus>(handle, ({ known }) => known !== null)
    feed.behave({ kind: 'garbage', body: '<html>not a feed</html>' })
    const before = feed.counts().requests
    await polled(before + 2)
    const pending = (await handle.describe()).raw.pendingActivities?.[0]
    expect(pending?.lastFailure?.message).toMatch(/^feed-invalid: .*next poll at \d{4}-/)
    feed.behave({ kind: 'well' })
    announce('v1.1.0')
    await until<WatchStatus>(
      handle,
      ({ known, phase }) => phase === 'polling' && newestRelease(known) === 'v1.1.0',
    )
    await handle.terminate()
  })
})

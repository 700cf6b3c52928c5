import { randomUUID } from 'node:crypto'
import { join } from 'node:path'
import { Context } from '@temporalio/activity'
import type { Client, WorkflowHandle } from '@temporalio/client'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { pollFeed } from '../activities/poll-feed.ts'
import { readPollMemory } from '../activities/read-poll-memory.ts'
import { tellMovedTags } from '../activities/tell-moved-tags.ts'
import type { FetchResult } from '../activities/types.ts'
import { taskQueues } from '../domain/queues.ts'
import { makeFolder, makeRepo } from '../git/testing.ts'
import { type FeedServer, startFeedServer } from '../harness/world/feed-server.ts'
import { startTestServer } from '../workers/testing.ts'
import type { WatchStatus } from './messages.ts'
import { oid, openStage, place, type Script, type Stage, settings, until } from './testing.ts'

let server: Awaited<ReturnType<typeof startTestServer>>
let feeds: FeedServer
let folder: ReturnType<typeof makeFolder>
let stage: Stage | null = null

beforeAll(async () => {
  server = await startTestServer()
  feeds = await startFeedServer()
}, 600_000)
beforeEach(() => {
  folder = makeFolder()
})
afterEach(async () => {
  await stage?.stop()
  stage = null
  folder.remove()
})
afterAll(async () => {
  await feeds?.close()
  await server?.stop()
})

/** Steps up to a question; from `move` on, each fetch finds the tag moved. Keeps who fetched. */
function script(verifyCandidate: NonNullable<Script['verify']>['verifyCandidate']) {
  const fetches: string[] = []
  let moved = false
  const steps: Script = {
    control: { supersedeOlder: async () => [] },
    git: {
      fetchRelease: async (input): Promise<FetchResult> => {
        fetches.push(Context.current().info.workflowExecution?.workflowId ?? '')
        const { tag } = input
        if (moved) {
          return { kind: 'tag-moved', before: oid('1'), after: oid('9'), evidence: [], worker: place }
        }
        const release = { tag, tagObject: oid('1'), commit: oid('2') }
        return { kind: 'ready', release, stackHead: oid('3'), contained: false, worker: place }
      },
      rebaseStack: async () => ({
        kind: 'done',
        base: oid('4'),
        head: oid('5'),
        tree: oid('6'),
        patches: [],
      }),
      recordAttempt: async () => ({ entry: oid('b'), unpublished: [] }),
      keepWatch: async () => {},
      recallWatch: async () => null,
    },
    verify: { ...(verifyCandidate === undefined ? {} : { verifyCandidate }) },
  }
  return {
    steps,
    fetches,
    move: () => {
      moved = true
    },
  }
}

function attempt(client: Client, tag: string, upstream = settings.upstream.name): Promise<WorkflowHandle> {
  const { fork } = settings
  return client.workflow.start('maintainRelease', {
    workflowId: `maintain/mine/main/${randomUUID()}`,
    taskQueue: taskQueues.control,
    args: [
      {
        settings: {
          upstream: { ...settings.upstream, name: upstream },
          fork: { ...fork, upstream, publish: { ...fork.publish, push: false } },
        },
        release: { tag, publishedAt: null, url: null },
      },
    ],
  })
}

describe('a tag that moves while attempts run', () => {
  it('sends the waiting attempt of that release back to its fetch, and leaves the others alone', async () => {
    const { steps, fetches, move } = script(async () => ({ kind: 'passed', tree: oid('6'), checks: [] }))
    const told: string[] = []
    const opened = await openStage(server, {
      ...steps,
      control: {
        ...steps.control,
        pollFeed: (input) => pollFeed(input, { env: {} }),
        readPollMemory,
        tellMovedTags: async (input) => {
          const ids = await tellMovedTags(input)
          told.push(...ids)
          return ids
        },
      },
    })
    stage = opened
    const { client } = opened
    const repo = makeRepo(join(folder.path, 'upstream'))
    repo.commit('one', { file: '1' })
    repo.git('tag', 'v2.0.0')
    const feed = feeds.feed(randomUUID())
    feed.announce({ tag: 'v2.0.0', publishedAt: '2026-11-01T00:00:00Z' })
    const git = { name: 'git', url: repo.dir, token: null }
    const upstream = { ...settings.upstream, git, feed: feed.url }
    const watch = await client.workflow.start('watchUpstream', {
      workflowId: `watch/${randomUUID()}`,
      taskQueue: taskQueues.control,
      args: [{ upstream, forks: [settings.fork], known: null, configDigest: 'one' }],
    })
    await until<WatchStatus>(watch, ({ known }) => known?.pins.length === 1)

    const mine = await attempt(client, 'v2.0.0')
    const others = [await attempt(client, 'v2.1.0'), await attempt(client, 'v2.0.0', 'elsewhere')]
    for (const each of [mine, ...others]) await until(each, ({ needs }) => needs === 'approval')
    await expect
      .poll(async () => {
        const asking = "WorkflowType = 'maintainRelease' AND UndriftNeeds = 'approval'"
        return (await client.workflow.count(asking)).count
      })
      .toBe(3)

    move()
    repo.commit('two', { file: '2' })
    repo.git('tag', '--force', 'v2.0.0')
    await watch.signal('pollNow')
    const asked = await until(mine, ({ needs }) => needs === 'tag-moved')
    expect(asked).toMatchObject({ phase: 'waiting', tag: 'v2.0.0', outcome: 'needs_intervention' })
    await until<WatchStatus>(watch, ({ known, phase }) => phase === 'polling' && known?.alarms.length === 1)
    expect(told).toEqual([mine.workflowId])
    for (const other of others) {
      expect(await other.query('status')).toMatchObject({ phase: 'waiting', needs: 'approval' })
      const { events = [] } = await other.fetchHistory()
      expect(events?.filter((event) => event.workflowExecutionSignaledEventAttributes)).toEqual([])
    }

    // What stands already is not asked twice.
    await mine.signal('tagMoved', { tag: 'v2.0.0' })
    expect(await mine.query('status')).toMatchObject({ phase: 'waiting', needs: 'tag-moved' })
    expect(fetches.toSorted()).toEqual([mine, mine, ...others].map(({ workflowId }) => workflowId).toSorted())
    for (const each of [watch, mine, ...others]) await each.terminate()
  })

  it('takes the attempt out of the step that it is in', async () => {
    let verifying = 0
    const { steps, fetches, move } = script(async () => {
      verifying += 1
      const beat = setInterval(() => Context.current().heartbeat(), 100)
      try {
        return await Context.current().cancelled
      } finally {
        clearInterval(beat)
      }
    })
    stage = await openStage(server, steps)
    const running = await attempt(stage.client, 'v2.0.0')
    await until(running, ({ phase }) => phase === 'verifying' && verifying > 0)
    move()
    await running.signal('tagMoved', { tag: 'v2.0.0' })
    await until(running, ({ needs }) => needs === 'tag-moved')
    expect(fetches).toEqual([running.workflowId, running.workflowId])
    await running.terminate()
  })
})

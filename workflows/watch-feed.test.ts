import type { WorkflowHandle } from '@temporalio/client'
import { defaultPayloadConverter } from '@temporalio/common'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { newestRelease } from '../domain/lines/newest-release.ts'
import type { PollMemory } from '../domain/poll-memory.ts'
import type { WatchStatus } from './messages.ts'
import { until } from './testing.ts'
import { useWatchStage } from './testing-hooks.ts'

const stage = useWatchStage()
let handle: WorkflowHandle

beforeEach(async () => {
  stage.announce('v1.0.0')
})
afterEach(async () => {
  await handle.terminate()
})

/** Begins a watch whose patience is three seconds, and waits for its baseline. */
async function begin(patienceSeconds = 3): Promise<void> {
  handle = await stage.watch({ patienceSeconds })
  await until<WatchStatus>(handle, ({ known }) => newestRelease(known) === 'v1.0.0')
}

/** What the pending poll has left for the next one, as everybody can read it. */
async function memory(): Promise<PollMemory | null> {
  const { raw } = await handle.describe()
  const poll = raw.pendingActivities?.find(({ activityId }) => activityId === 'poll-feed')
  const payload = poll?.heartbeatDetails?.payloads?.[0]
  return payload ? defaultPayloadConverter.fromPayload<PollMemory>(payload) : null
}

async function untilMemory(wished: (memory: PollMemory) => boolean): Promise<PollMemory> {
  while (true) {
    const found = await memory()
    if (found !== null && wished(found)) return found
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}

function kinds(status: WatchStatus): readonly string[] {
  return status.known?.questions.map(({ kind }) => kind) ?? []
}

/** What lists show of it; an attribute that was taken away is null. */
async function needs(name = 'UndriftNeeds'): Promise<readonly unknown[]> {
  const values = (await handle.describe()).searchAttributes[name] ?? []
  return (values as readonly unknown[]).filter((value) => value !== null)
}

describe('a feed', () => {
  it('that is gone for too long is a question, goes on being polled, and is none any more when it is back', async () => {
    await begin()
    feed('gone')
    const asked = await until<WatchStatus>(handle, (status) => kinds(status).length > 0)
    expect(asked.known?.questions).toMatchObject([{ kind: 'feed-gone', url: stage.feed.url }])
    expect(await needs()).toEqual(['feed-gone'])
    expect(await needs('UndriftQuestion')).toEqual([
      expect.stringMatching(/^The feed http.*: it is gone, since 20.*Z\.$/),
    ])
    const details = JSON.stringify(await handle.query('__temporal_workflow_metadata'))
    expect(details).toContain('it is gone')
    // It is asked once, and writes no history while it lasts.
    const { length } = (await handle.fetchHistory()).events ?? []
    const { failures } = await untilMemory((found) => found.failures > 3)
    await untilMemory((found) => found.failures > failures)
    expect((await handle.fetchHistory()).events).toHaveLength(length)

    feed('back')
    await handle.signal('pollNow')
    stage.announce('v1.1.0')
    await until<WatchStatus>(handle, (status) => kinds(status).length === 0)
    // Lists are told once all are started.
    await until<WatchStatus>(handle, ({ phase }) => phase === 'polling' && stage.started.length === 3)
    expect(await needs()).toEqual([])
    expect(await needs('UndriftQuestion')).toEqual([])
  })

  it('that fails in other ways is no question, however long', async () => {
    await begin(1)
    stage.feed.behave({ kind: 'status', status: 503 })
    await untilMemory(({ failures }) => failures >= 4)
    expect(kinds(await handle.query<WatchStatus>('status'))).toEqual([])
  })

  it('that has moved is a question at once, is read where it is now, and is none when the config follows it', async () => {
    await begin()
    stage.feed.behave({ kind: 'moved' })
    const asked = await until<WatchStatus>(handle, (status) => kinds(status).includes('feed-moved'))
    const to = stage.feed.url.replace('/releases.atom', '/new/releases.atom')
    expect(asked.known?.questions).toMatchObject([{ url: stage.feed.url, to }])
    stage.announce('v1.1.0')
    await until<WatchStatus>(handle, () => stage.started.length === 3)
    const upstream = { ...stage.upstream, feed: to }
    await handle.signal('configure', { upstream, forks: stage.forks, configDigest: 'two' })
    const after = await until<WatchStatus>(handle, (status) => kinds(status).length === 0)
    expect(newestRelease(after.known)).toBe('v1.1.0')
    await stage.polled(2)
    expect(kinds(await handle.query<WatchStatus>('status'))).toEqual([])
  })

  it('that fails is remembered through a `pollNow` and new settings: since when, how often and why', async () => {
    await begin()
    await untilMemory(({ lastSuccessAt }) => lastSuccessAt !== null)
    stage.feed.behave({ kind: 'status', status: 503 })
    const before = await untilMemory(({ failures }) => failures >= 2)
    expect(before).toMatchObject({ lastFailure: { reason: 'feed-http-503' } })
    await handle.signal('pollNow')
    const after = await untilMemory(({ failures }) => failures > before.failures)
    const { firstFailureAt, lastSuccessAt } = before
    expect(after).toMatchObject({ firstFailureAt, lastSuccessAt })

    // The interval changes, and nothing else: what is known, held and failing stays.
    await handle.signal('hold', { fork: 'mine', by: 'ann' })
    const upstream = { ...stage.upstream, pollSeconds: 2, patienceSeconds: 3 }
    await handle.signal('configure', { upstream, forks: stage.forks, configDigest: 'two' })
    const changed = await until<WatchStatus>(handle, ({ pollSeconds }) => pollSeconds === 2)
    expect(changed.known).toMatchObject({
      holds: [{ fork: 'mine' }],
      lines: { 'mine/main': { standsOn: 'v1.0.0' } },
    })
    const later = await untilMemory(({ failures }) => failures > after.failures)
    expect(later).toMatchObject({ firstFailureAt, lastSuccessAt })

    stage.feed.behave({ kind: 'well' })
    await handle.signal('pollNow')
    await untilMemory(({ failures, lastFailure }) => failures === 0 && lastFailure === null)
  })
})

function feed(state: 'gone' | 'back'): void {
  stage.feed.behave(state === 'gone' ? { kind: 'status', status: 404 } : { kind: 'well' })
}

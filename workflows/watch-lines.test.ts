import { describe, expect, it } from 'vitest'
import { newestRelease } from '../domain/lines/newest-release.ts'
import type { AcceptTagInput, WatchStatus } from './messages.ts'
import { settings, until } from './testing.ts'
import { useWatchStage } from './testing-hooks.ts'
import { untilPollRests } from './testing-watch.ts'

const stage = useWatchStage()

const tags = { prefix: 'v', prereleases: false }
const lts = { ...settings.fork, line: 'lts-1', branch: 'lts/1', tags: { ...tags, range: '>=1 <2' } }
const main = { ...settings.fork, tags: { ...tags, range: '>=2' } }

describe('the lines of a watch', () => {
  it('get each release that their own rules take, and name why they leave the others', async () => {
    stage.announce('v1.0.0', 'v2.0.0')
    const handle = await stage.watch({}, { forks: [main, lts] })
    await until<WatchStatus>(handle, ({ known }) => known !== null)
    stage.announce('v1.0.1', 'v3.0.0')
    const status = await until<WatchStatus>(
      handle,
      ({ known, phase }) => phase === 'polling' && known?.dispatched.length === 2,
    )
    expect([...stage.started].sort()).toEqual(['mine/lts-1 v1.0.1', 'mine/main v3.0.0'])
    expect(status.known?.skipped).toContainEqual({
      tag: 'v3.0.0',
      reason: 'range: it is not in >=1 <2',
      lines: ['mine/lts-1'],
    })
    await handle.terminate()
  })

  it('take a release at its age without a poll of the feed, and a security release at once', async () => {
    stage.announce('v2.0.0')
    const fork = { ...main, minimumAgeSeconds: 15 }
    const handle = await stage.watch({ pollSeconds: 3600, security: 'v2\\.0\\.1' }, { forks: [fork] })
    await until<WatchStatus>(handle, ({ known }) => known !== null)
    await untilPollRests(handle)
    stage.repo.git('tag', 'v2.1.0')
    stage.feed.announce({ tag: 'v2.1.0', publishedAt: '2100-01-01T00:00:00Z' })
    await handle.signal('pollNow')
    const { waiting } = await until<WatchStatus>(handle, (status) => status.waiting.length === 1)
    expect(waiting).toMatchObject([{ tag: 'v2.1.0', line: 'mine/main', reason: 'minimum-age' }])
    stage.announce('v2.0.1')
    await handle.signal('pollNow')
    await until<WatchStatus>(handle, ({ known }) => newestRelease(known) === 'v2.0.1')
    await untilPollRests(handle)
    const { requests } = stage.feed.counts()
    const late = await until<WatchStatus>(
      handle,
      ({ known, phase }) => phase === 'polling' && newestRelease(known) === 'v2.1.0',
    )
    expect(late.waiting).toEqual([])
    expect(stage.started).toEqual(['mine/main v2.0.1', 'mine/main v2.1.0'])
    // The one poll is that of the new run of the activity, which began after the release was taken.
    expect(stage.feed.counts().requests - requests).toBeLessThanOrEqual(1)
    await handle.terminate()
  })

  it('order tags by their commits where the rules say so, whatever their names are', async () => {
    const byCommit = { ...settings.fork, tags: { prefix: '', prereleases: false, scheme: 'commit' } }
    stage.announce('zebra')
    const handle = await stage.watch({}, { forks: [byCommit] })
    await until<WatchStatus>(handle, ({ known }) => known !== null)
    // Nothing new to order, and yet something to learn.
    stage.feed.announce({ tag: 'no..tag', publishedAt: '2026-01-01T00:00:00Z' })
    await until<WatchStatus>(handle, ({ known }) => known?.problems.length === 1)
    stage.feed.announce({ tag: 'not-there-yet', publishedAt: '2026-01-01T00:00:00Z' })
    stage.repo.commit('two', { file: '2' })
    stage.announce('apple')
    await until<WatchStatus>(handle, ({ known }) => newestRelease(known) === 'apple')
    stage.repo.git('tag', 'yak', 'zebra')
    stage.feed.announce({ tag: 'yak', publishedAt: '2026-01-01T00:00:00Z' })
    await handle.signal('pollNow')
    const status = await until<WatchStatus>(
      handle,
      ({ known }) => known?.skipped.some(({ tag }) => tag === 'yak') ?? false,
    )
    expect(status.known?.skipped.find(({ tag }) => tag === 'yak')?.reason).toContain('older')
    stage.repo.commit('three', { file: '3' })
    stage.repo.git('tag', 'not-there-yet')
    await handle.signal('pollNow')
    await until<WatchStatus>(
      handle,
      ({ known, phase }) => phase === 'polling' && newestRelease(known) === 'not-there-yet',
    )
    expect(stage.started).toEqual(['mine/main apple', 'mine/main not-there-yet'])
    await handle.terminate()
  })

  it('start nothing while a tag is not what it was, until a person accepts it', async () => {
    stage.announce('v2.0.0')
    const handle = await stage.watch({}, { forks: [main] })
    const first = await until<WatchStatus>(handle, ({ known }) => known !== null)
    expect(first.known?.pins.map(({ tag }) => tag)).toEqual(['v2.0.0'])
    stage.repo.commit('two', { file: '2' })
    stage.repo.git('tag', '-f', 'v2.0.0')
    stage.announce('v2.1.0')
    const alarmed = await until<WatchStatus>(
      handle,
      ({ known, phase }) => phase === 'polling' && known?.alarms.length === 1,
    )
    const after = stage.repo.oid('v2.0.0')
    expect(alarmed.known?.alarms).toMatchObject([{ tag: 'v2.0.0', after: { tagObject: after } }])
    expect(alarmed.waiting).toMatchObject([{ tag: 'v2.1.0', reason: 'alarm' }])
    expect([stage.started, stage.told]).toEqual([[], ['v2.0.0']])

    const accept = (input: AcceptTagInput) =>
      handle.executeUpdate<string, [AcceptTagInput]>('acceptTag', { args: [input] })
    await expect(accept({ tag: 'v2.0.0', tagObject: '0'.repeat(40) })).rejects.toThrow()
    expect(await accept({ tag: 'v2.0.0', tagObject: after, by: 'ann' })).toContain('v2.0.0')
    await until<WatchStatus>(handle, ({ known }) => newestRelease(known) === 'v2.1.0')
    await expect.poll(() => stage.started).toEqual(['mine/main v2.1.0'])
    await handle.terminate()
  })
})

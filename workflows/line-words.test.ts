import { describe, expect, it } from 'vitest'
import { newestRelease } from '../domain/lines/newest-release.ts'
import type { AcceptTagInput, FeedWordInput, SetLineInput, WatchStatus } from './messages.ts'
import { settings, until } from './testing.ts'
import { useWatchStage } from './testing-hooks.ts'

const stage = useWatchStage()
const forks = [settings.fork]

/** A watch that began at v3.6.3 and took v3.7.0, a mistake. */
async function mistaken() {
  stage.announce('v3.6.3')
  const handle = await stage.watch({ feed: `git+file://${stage.repo.dir}` }, { forks })
  await until<WatchStatus>(handle, ({ known }) => newestRelease(known) === 'v3.6.3')
  stage.repo.git('tag', 'v3.7.0')
  await until<WatchStatus>(handle, ({ known }) => newestRelease(known) === 'v3.7.0')
  return handle
}

describe('what a line stands on', () => {
  it('falls back when someone accepts that upstream deleted it, and what was left out is started', async () => {
    const handle = await mistaken()
    stage.repo.git('tag', '-d', 'v3.7.0')
    stage.repo.git('tag', 'v3.6.4')
    await until<WatchStatus>(handle, ({ known }) => known?.alarms.length === 1)
    await handle.executeUpdate<string, [AcceptTagInput]>('acceptTag', {
      args: [{ tag: 'v3.7.0', tagObject: null, by: 'ann' }],
    })
    const status = await until<WatchStatus>(handle, ({ known }) => newestRelease(known) === 'v3.6.4')
    expect(status.known?.stands).toEqual({ 'mine/main': { because: 'sent', earlier: ['v3.6.3'] } })
    await expect.poll(() => stage.started).toEqual(['mine/main v3.7.0', 'mine/main v3.6.4'])
    await handle.terminate()
  })

  it('is set by a word with a reason, which the ledger keeps; a tag that is not there is refused', async () => {
    const handle = await mistaken()
    stage.repo.git('tag', 'v3.6.4')
    await until<WatchStatus>(
      handle,
      ({ known }) => known?.skipped.some(({ tag }) => tag === 'v3.6.4') ?? false,
    )
    const set = (input: SetLineInput) =>
      handle.executeUpdate<string, [SetLineInput]>('setLine', { args: [input] })
    const word = { fork: 'mine', line: 'main', by: 'ann', reason: 'v3.7.0 was a mistake' }
    await expect(set({ ...word, tag: 'v9.9.9' })).rejects.toMatchObject({
      cause: { message: expect.stringContaining('There is no tag v9.9.9') },
    })
    await expect(set({ ...word, line: 'lts', tag: 'v3.6.3' })).rejects.toThrow()
    expect(await set({ ...word, tag: 'v3.6.3' })).toContain('mine/main stands on v3.6.3')
    const status = await until<WatchStatus>(handle, ({ known }) => newestRelease(known) === 'v3.6.4')
    expect(status.known?.words?.at(-1)).toMatchObject({ name: 'setLine', target: 'mine/main', by: 'ann' })
    await expect
      .poll(() => stage.events)
      .toMatchObject([{ event: { kind: 'line-set', tag: 'v3.6.3', before: 'v3.7.0', reason: word.reason } }])
    await handle.terminate()
  })

  it('moves with a run by hand, and with rules that do not take it any more', async () => {
    const handle = await mistaken()
    await handle.signal('ranByHand', { fork: 'mine', line: 'main', tag: 'v3.6.3' })
    const ran = await until<WatchStatus>(
      handle,
      ({ known }) => known?.stands?.['mine/main']?.because === 'run',
    )
    expect(ran.known?.lines['mine/main']?.standsOn).toBe('v3.6.3')
    const tags = { ...settings.upstream.tags, ignore: '^v3' }
    stage.repo.git('tag', 'v1.0.0')
    await until<WatchStatus>(
      handle,
      ({ known }) => known?.skipped.some(({ tag }) => tag === 'v1.0.0') ?? false,
    )
    const upstream = { ...stage.upstream, feed: `git+file://${stage.repo.dir}`, tags }
    await handle.signal('configure', { upstream, forks, configDigest: 'two' })
    await until<WatchStatus>(handle, ({ known }) => newestRelease(known) === 'v1.0.0')
    await expect.poll(() => stage.started).toEqual(['mine/main v3.7.0', 'mine/main v1.0.0'])
    await handle.terminate()
  })
})

it("tells running attempts the feed's later word", async () => {
  stage.announce('v1.0.0')
  const handle = await stage.watch({}, { forks })
  await until<WatchStatus>(handle, ({ known }) => newestRelease(known) === 'v1.0.0')
  stage.repo.git('tag', 'v1.1.0')
  stage.feed.announce({ tag: 'v1.1.0', publishedAt: '2026-11-02T00:00:00Z' })
  await until<WatchStatus>(handle, ({ known }) => newestRelease(known) === 'v1.1.0')
  stage.feed.withdraw('v1.1.0')
  const objection = { tag: 'v1.1.0', kind: 'withdrawn', why: 'the feed does not list it any more' } as const
  await expect
    .poll(() => stage.words, { timeout: 20_000 })
    .toEqual([{ tag: 'v1.1.0', objection }] satisfies FeedWordInput[])
  await handle.terminate()
})

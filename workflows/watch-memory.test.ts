import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import type { WorkflowHandle } from '@temporalio/client'
import { expect, it } from 'vitest'
import { newestRelease } from '../domain/lines/newest-release.ts'
import { nothingKnown } from '../domain/watch.ts'
import type { HoldInput, WatchStatus } from './messages.ts'
import { until } from './testing.ts'
import { useWatchStage } from './testing-hooks.ts'
import { untilPollRests } from './testing-watch.ts'

const stage = useWatchStage()
const wait = { timeout: 20_000 }

function mirror(): string {
  return join(stage.mirrors, `${stage.upstream.name}.git`)
}

function keptText(): string {
  const argv = ['-C', mirror(), 'show', 'refs/undrift/watch/up:watch.json']
  return execFileSync('git', argv, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] })
}

/** What an empty database comes to: the watch is begun anew, with nothing. */
async function lose(handle: WorkflowHandle): Promise<WorkflowHandle> {
  await handle.terminate('its database is lost')
  return stage.watch()
}

async function watchFrom(tag: string): Promise<WorkflowHandle> {
  stage.announce(tag)
  const handle = await stage.watch()
  await until<WatchStatus>(handle, ({ known }) => newestRelease(known) === tag)
  return handle
}

it('keeps a hold and what waits for it, and starts nothing when its database is lost', async () => {
  const before = await watchFrom('v1.0.0')
  await before.executeUpdate<string, [HoldInput]>('hold', { args: [{ by: 'ann', reason: 'code freeze' }] })
  expect(keptText()).toContain('code freeze')
  stage.announce('v1.1.0')
  await until<WatchStatus>(before, ({ waiting }) => waiting.length === 3)
  await expect.poll(keptText, wait).toContain('v1.1.0')

  const handle = await lose(before)
  const status = await until<WatchStatus>(handle, ({ waiting }) => waiting.length === 3)
  expect(status.waiting.map(({ tag, reason }) => [tag, reason])).toEqual(Array(3).fill(['v1.1.0', 'hold']))
  expect(status.known).toMatchObject({
    holds: [{ by: 'ann', reason: 'code freeze' }],
    lines: { 'mine/main': { standsOn: 'v1.0.0' } },
    words: [{ name: 'hold' }],
  })
  await untilPollRests(handle)
  expect(stage.started).toEqual([])
  await expect.poll(keptText, wait).toContain('"lookedAt": null')
  // A poll writes nothing: what persons said and what waits is the same.
  const commits = () =>
    execFileSync('git', ['-C', mirror(), 'rev-list', '--count', 'refs/undrift/watch/up']).toString()
  const written = commits()
  await stage.polled(3)
  expect(commits()).toBe(written)

  await handle.executeUpdate<string, [HoldInput]>('release', { args: [{ by: 'bob' }] })
  await until<WatchStatus>(handle, () => stage.started.length === 3)
  await handle.terminate()
}, 60_000)

it('keeps an alarm, and what a person accepted of it', async () => {
  const before = await watchFrom('v1.0.0')
  const moved = stage.repo.commit('two', { file: '2' })
  stage.repo.git('tag', '--force', 'v1.0.0')
  await before.signal('pollNow')
  await until<WatchStatus>(before, ({ known }) => known?.alarms.length === 1)
  await expect.poll(() => JSON.parse(keptText()).known.alarms.length, wait).toBe(1)

  const second = await lose(before)
  stage.announce('v1.1.0')
  await until<WatchStatus>(second, ({ waiting }) => waiting.some(({ reason }) => reason === 'alarm'))
  expect(stage.started).toEqual([])
  const accepted = { tag: 'v1.0.0', tagObject: moved, by: 'ann' }
  await second.executeUpdate('acceptTag', { args: [accepted] })
  await until<WatchStatus>(second, () => stage.started.length === 3)
  await expect.poll(() => JSON.parse(keptText()).known.dispatched, wait).toEqual(['v1.1.0'])

  const third = await lose(second)
  await until<WatchStatus>(third, ({ known }) => known !== null)
  await untilPollRests(third)
  const { known } = await third.query<WatchStatus>('status')
  expect(known?.alarms).toEqual([])
  expect(stage.started).toHaveLength(3)
  await third.terminate()
}, 60_000)

it('raises the alarm for a tag that moved while nobody watched', async () => {
  const before = await watchFrom('v1.0.0')
  await expect.poll(() => JSON.parse(keptText()).known.pins.length, wait).toBe(1)
  await before.terminate('its database is lost')
  stage.repo.commit('two', { file: '2' })
  stage.repo.git('tag', '--force', 'v1.0.0')
  stage.announce('v1.1.0')
  const handle = await stage.watch()
  await until<WatchStatus>(handle, ({ known }) => known?.alarms.length === 1)
  expect(stage.started).toEqual([])
  await handle.terminate()
}, 60_000)

it('begins at what the branch stands on where nothing was kept, and not at the newest', async () => {
  const { repo } = stage
  stage.announce('v1.0.0')
  execFileSync('git', ['init', '-q', '--bare', mirror()])
  const branch = 'refs/heads/main:refs/fork/mine/origin/heads/main'
  repo.git('push', '-q', mirror(), 'refs/tags/v1.0.0:refs/upstream/tags/v1.0.0', branch)
  repo.commit('two', { file: '2' })
  stage.announce('v1.1.0')
  const handle = await stage.watch()
  await until<WatchStatus>(handle, () => stage.started.length > 0)
  const { known } = await until<WatchStatus>(handle, ({ phase }) => phase === 'polling')
  expect(known?.lines).toMatchObject({ 'other/main': { standsOn: 'v1.1.0' } })
  expect(stage.started).toEqual(['mine/main v1.1.0'])
  await handle.terminate()
}, 60_000)

it('starts nothing while what was kept cannot be read', async () => {
  const before = await watchFrom('v1.0.0')
  await expect.poll(keptText, wait).toContain('v1.0.0')
  await before.terminate('its database is lost')
  const git = (argv: readonly string[], input = '') =>
    execFileSync('git', ['-C', mirror(), ...argv], { input })
      .toString()
      .trim()
  const blob = git(['hash-object', '-w', '--stdin'], 'no JSON')
  const tree = git(['mktree'], `100644 blob ${blob}\twatch.json\n`)
  const identity = ['-c', 'user.name=x', '-c', 'user.email=x']
  git(['update-ref', 'refs/undrift/watch/up', git([...identity, 'commit-tree', '-m', 'x', tree])])
  stage.announce('v1.1.0')
  const handle = await stage.watch()
  const failures = async () =>
    (await handle.fetchHistory()).events?.filter(({ activityTaskFailedEventAttributes }) =>
      activityTaskFailedEventAttributes?.failure?.message?.includes('update-ref -d'),
    ).length
  await expect.poll(failures, wait).toBe(1)
  expect((await handle.query<WatchStatus>('status')).known).toBeNull()
  expect(stage.started).toEqual([])
  await handle.terminate()
}, 60_000)

it('knows nothing at a true first contact', async () => {
  const handle = await watchFrom('v1.0.0')
  const { known } = await handle.query<WatchStatus>('status')
  expect({ ...nothingKnown, ...known }.holds).toEqual([])
  expect(stage.started).toEqual([])
  await handle.terminate()
})

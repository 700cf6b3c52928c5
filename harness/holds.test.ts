import { spawnSync } from 'node:child_process'
import { dirname } from 'node:path'
import type { WorkflowHandle } from '@temporalio/client'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Ran, runHere } from '../client/cli/testing.ts'
import { newestRelease } from '../domain/lines/newest-release.ts'
import { startTestServer } from '../workers/testing.ts'
import type { WatchStatus } from '../workflows/messages.ts'
import { until } from '../workflows/testing.ts'
import { openWatchStage, type WatchStage } from '../workflows/testing-watch.ts'
import { type FeedServer, startFeedServer } from './world/feed-server.ts'

let server: Awaited<ReturnType<typeof startTestServer>>
let feeds: FeedServer
let stage: WatchStage
let handle: WorkflowHandle

beforeAll(async () => {
  server = await startTestServer()
  feeds = await startFeedServer()
  stage = await openWatchStage(server, feeds)
  stage.announce('v1.0.0')
  handle = await stage.client.workflow.start('watchUpstream', {
    workflowId: 'watch/up',
    taskQueue: 'undrift',
    args: [{ upstream: stage.upstream, forks: stage.forks, known: null, configDigest: 'one' }],
  })
  await until<WatchStatus>(handle, ({ known }) => newestRelease(known) === 'v1.0.0')
  // The server's list is a moment behind.
  while (!(await cli('status')).out.includes('v1.0.0'))
    await new Promise((resolve) => setTimeout(resolve, 100))
}, 600_000)
afterAll(async () => {
  await stage?.close()
  await feeds?.close()
  await server?.stop()
})

function cli(...argv: readonly string[]): Promise<Ran> {
  return runHere(argv, {
    cwd: '/',
    env: { XDG_DATA_HOME: dirname(stage.data), TEMPORAL_ADDRESS: server.address, UNDRIFT_USER: 'ann' },
  })
}

async function row(): Promise<Record<string, unknown>> {
  return JSON.parse((await cli('status', '--json')).out).upstreams[0]
}

function git(...args: readonly string[]): string {
  return spawnSync('git', ['-C', stage.upstream.git.url, ...args], { encoding: 'utf8' }).stdout.trim()
}

describe('`undrift hold` and `undrift release`', () => {
  it('hold a line and let it go, and say who and what still stands', async () => {
    const held = await cli('hold', 'other/lts', '--for', '3d', '--reason', 'code freeze', '--json')
    expect(held.code).toBe(0)
    expect(JSON.parse(held.out)).toMatchObject({ version: 1, upstream: 'up', fork: 'other', line: 'lts' })
    expect(await row()).toMatchObject({
      name: 'up',
      needs: null,
      lines: [{ line: 'mine/main' }, { line: 'other/main' }, { line: 'other/lts', lastRelease: 'v1.0.0' }],
      holds: [{ fork: 'other', line: 'lts', by: 'ann', reason: 'code freeze' }],
      lastSuccessAt: expect.any(String),
    })
    const { out } = await cli('status')
    expect(out).toContain('held: other/lts by ann')
    expect(out).toContain('undrift release other/lts')
    const wrong = await cli('release', 'other')
    expect(wrong.code).toBe(0)
    expect(wrong.out).toContain('Nothing holds other by that name. Still held: other/lts.')
    const { code, out: said } = await cli('release', 'other/lts')
    expect({ code, said }).toEqual({
      code: 0,
      said: expect.stringContaining('other/lts is released; it was held by ann'),
    })
    expect(await row()).toMatchObject({ holds: [] })
  })

  it.each([
    [['hold', 'othr'], 'Did you mean `other`?'],
    [['hold', 'up', '--fork'], 'There is no fork `up`'],
    [['hold', 'up', '--fork', '--upstream'], 'exclude each other'],
    [['hold', 'up', '--for', '3d', '--until', '2100-01-01'], 'exclude each other'],
    [['hold', 'up', '--for', 'long'], '--for takes a whole number'],
    [['hold', 'up', '--until', '2020-01-01'], 'is over'],
    [['hold', 'up', '--until', 'easter'], '--until takes a day'],
    [['hold', 'up', '--reason', 'x'.repeat(200)], 'at most 120 characters'],
    [['release', 'other', '--accept', 'gone'], '--accept is about a tag of an upstream'],
    [['release', 'up', '--accept', 'gone'], 'there is nothing to accept'],
  ])('end with 2 for %j', async (argv, words) => {
    const { code, err } = await cli(...argv)
    expect(err).toContain(words)
    expect(code).toBe(2)
    expect(await row()).toMatchObject({ holds: [] })
  })

  it('let a tag that has moved go only for whoever names what it is now', async () => {
    const before = git('rev-parse', 'v1.0.0')
    git('-c', 'user.name=eve', '-c', 'user.email=eve@localhost', 'tag', '-f', '-a', '-m', 'again', 'v1.0.0')
    const after = git('rev-parse', 'refs/tags/v1.0.0')
    await cli('poll', 'up')
    await until<WatchStatus>(handle, ({ known }) => known?.alarms.length === 1)
    const asked = await cli('inbox')
    expect(asked.out).toContain(`undrift release up --accept ${after}`)
    const looked = await cli('release', 'up')
    expect(looked.code).toBe(7)
    // A lightweight tag is its commit, and named once.
    expect(looked.err).toContain(
      `was ${before} when it was first seen, and is now ${after} (commit ${before})`,
    )
    expect((await cli('release', 'up', '--accept', before)).code).toBe(7)
    // A hold is let go all the same, and the alarm is told of.
    expect((await cli('hold', 'up')).code).toBe(0)
    const released = await cli('release', 'up')
    expect(released).toMatchObject({ code: 0, out: expect.stringContaining('an integrity alarm stands') })

    const taken = await cli('release', 'up', '--accept', after.slice(0, 10), '--json')
    expect(JSON.parse(taken.out)).toMatchObject({ accepted: [{ tag: 'v1.0.0', tagObject: after }] })
    const { known } = await handle.query<WatchStatus>('status')
    expect(known).toMatchObject({ alarms: [], pins: [{ tag: 'v1.0.0', tagObject: after }] })
    expect(known?.words?.at(-1)).toMatchObject({ name: 'acceptTag', target: 'v1.0.0', by: 'ann' })
    expect((await cli('inbox')).out).toBe('Nothing waits for you.\n')
  })

  it('show in `status` what stands while no worker runs, and say that none takes a word', async () => {
    await cli('hold', 'mine', '--reason', 'holidays')
    await stage.close()
    expect(await row()).toMatchObject({
      holds: [{ fork: 'mine', reason: 'holidays' }],
      lastRelease: 'v1.0.0',
    })
    const { code, err } = await cli('release', 'mine')
    expect(code).toBe(4)
    expect(err).toContain('No worker')
  })
})

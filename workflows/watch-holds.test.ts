import type { WorkflowHandle } from '@temporalio/client'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { newestRelease } from '../domain/lines/newest-release.ts'
import { packKnowledge } from '../domain/lines/packed-knowledge.ts'
import { freshMemory } from '../domain/poll-memory.ts'
import type { HoldInput, WatchStatus } from './messages.ts'
import { until } from './testing.ts'
import { useWatchStage } from './testing-hooks.ts'

const stage = useWatchStage()
let handle: WorkflowHandle

beforeEach(async () => {
  stage.announce('v1.0.0')
  handle = await stage.watch()
  await until<WatchStatus>(handle, ({ known }) => newestRelease(known) === 'v1.0.0')
})
afterEach(async () => {
  await handle.terminate()
})

function say(name: 'hold' | 'release', input: unknown = {}): Promise<string> {
  return handle.executeUpdate<string, [HoldInput]>(name, { args: [input as HoldInput] })
}

async function refusal(name: 'hold' | 'release', input: unknown): Promise<string> {
  try {
    return `taken: ${await say(name, input)}`
  } catch (error) {
    return ((error as Error).cause as Error).message
  }
}

function waits(line: string, tag: string, reason: string): Promise<WatchStatus> {
  return until<WatchStatus>(handle, ({ waiting }) =>
    waiting.some((each) => each.line === line && each.tag === tag && each.reason === reason),
  )
}

describe('a hold', () => {
  it('keeps the releases of one line waiting, and lets the newest start when it is released', async () => {
    expect(await say('hold', { fork: 'other', line: 'lts', by: 'ann', reason: 'code freeze' })).toBe(
      'other/lts is held until it is released: code freeze. Nothing new starts; attempts that run go on.',
    )
    stage.announce('v1.1.0')
    const held = await waits('other/lts', 'v1.1.0', 'hold')
    expect(held.waiting[0]?.detail).toMatch(/^hold: held by ann since .*, until it is released: code freeze$/)
    await until<WatchStatus>(handle, () => stage.started.length === 2)
    stage.announce('v1.2.0')
    await waits('other/lts', 'v1.2.0', 'hold')
    await until<WatchStatus>(handle, () => stage.started.length === 4)
    expect(stage.started).toEqual([
      'mine/main v1.1.0',
      'other/main v1.1.0',
      'mine/main v1.2.0',
      'other/main v1.2.0',
    ])

    expect(await say('release', { fork: 'other', line: 'lts', by: 'bob' })).toMatch(/^other\/lts is released/)
    const after = await until<WatchStatus>(
      handle,
      ({ waiting, phase }) => waiting.length === 0 && phase === 'polling' && stage.started.length === 5,
    )
    expect(stage.started[4]).toBe('other/lts v1.2.0')
    expect(after.known?.words).toMatchObject([
      { name: 'hold', target: 'other/lts', by: 'ann' },
      { name: 'release', target: 'other/lts', by: 'bob' },
    ])
    await stage.polled(3)
    expect(stage.started).toHaveLength(5)
  })

  it('ends by itself at its moment', async () => {
    await say('hold', { until: new Date(Date.now() + 10_000).toISOString() })
    stage.announce('v1.1.0')
    const { waiting } = await waits('mine/main', 'v1.1.0', 'hold')
    expect(waiting).toHaveLength(3)
    expect(stage.started).toEqual([])
    await until<WatchStatus>(handle, () => stage.started.length === 3)
    expect(await say('release')).toBe('Nothing holds up by that name. Nothing was changed.')
  })

  it('is taken as a bare signal, which holds the whole upstream, and outlives new settings', async () => {
    await handle.signal('hold')
    const { known } = await until<WatchStatus>(handle, (status) => (status.known?.holds.length ?? 0) > 0)
    expect(known?.holds).toMatchObject([{ fork: null, line: null, by: 'a signal', until: null, reason: '' }])
    const upstream = { ...stage.upstream, pollSeconds: 2 }
    await handle.signal('configure', { upstream, forks: stage.forks, configDigest: 'two' })
    await until<WatchStatus>(handle, ({ pollSeconds }) => pollSeconds === 2)
    stage.announce('v1.1.0')
    await waits('mine/main', 'v1.1.0', 'hold')
    await handle.signal('release')
    await until<WatchStatus>(handle, () => stage.started.length === 3)
  })

  it('says clearly when there is nothing to do, and what still stands', async () => {
    await say('hold', { fork: 'other' })
    expect(await say('hold', { fork: 'other', by: 'bob' })).toMatch(
      /^other is held already: held by a signal since /,
    )
    expect(await say('release', { fork: 'mine' })).toBe(
      'Nothing holds mine by that name. Still held: other. Nothing was changed.',
    )
    expect(await say('hold', { fork: 'other', until: '2100-01-01' })).toMatch(
      /^other is held until 2100-01-01T00:00:00Z\. Nothing new starts; .* Before, it was held by a signal/,
    )
    await say('hold')
    expect(await say('release', { fork: 'other' })).toMatch(/Still held: up\.$/)
  })

  it('refuses what it cannot be, in a sentence and without a trace in the history', async () => {
    const before = (await handle.fetchHistory()).events?.length
    expect(await refusal('hold', { fork: 'ohter' })).toBe(
      'No fork `ohter` follows up; there is: mine, other.',
    )
    expect(await refusal('release', { fork: 'other', line: 'x' })).toBe(
      'The fork other has no line `x`; there is: main, lts.',
    )
    expect(await refusal('hold', { line: 'lts' })).toMatch(/^`fork` is the name/)
    expect(await refusal('hold', { until: 'tomorrow' })).toMatch(/^`until` is a day/)
    expect(await refusal('hold', { until: '2020-01-01' })).toMatch(/^`until` is over/)
    expect(await refusal('hold', { reason: 'x'.repeat(500) })).toMatch(/^`reason` is a text/)
    expect(await refusal('hold', { by: 5 })).toBe('`by` is a name.')
    await handle.signal('hold', { fork: 7 })
    await handle.signal('hold', null)
    await until<WatchStatus>(handle, ({ known }) => known?.holds.length === 1)
    expect(before).toBeGreaterThan(0)
    const { events } = await handle.fetchHistory()
    expect(
      events?.filter(({ workflowTaskFailedEventAttributes }) => workflowTaskFailedEventAttributes),
    ).toEqual([])
    expect(
      events?.filter(
        ({ workflowExecutionUpdateAcceptedEventAttributes }) =>
          workflowExecutionUpdateAcceptedEventAttributes,
      ),
    ).toEqual([])
  })

  it('goes over into the next run of a watch, together with what its polls came to', async () => {
    await say('hold', { fork: 'mine', by: 'ann' })
    const { known } = await handle.query<WatchStatus>('status')
    if (known === null) throw new Error('The watch knows nothing yet.')
    const firstFailureAt = '2026-05-01T12:00:00.000Z'
    stage.feed.behave({ kind: 'status', status: 503 })
    // What the run before hands over when it continues as new.
    const memory = { ...freshMemory, failures: 5, firstFailureAt, lastSuccessAt: firstFailureAt }
    const next = await stage.client.workflow.start('watchUpstream', {
      workflowId: `${handle.workflowId}-next`,
      taskQueue: 'undrift',
      args: [
        {
          upstream: stage.upstream,
          forks: stage.forks,
          known: packKnowledge(known),
          configDigest: 'one',
          memory,
        },
      ],
    })
    const after = await until<WatchStatus>(next, ({ known }) => known !== null)
    expect(after.known).toEqual(known)
    expect((await next.describe()).memo?.standing).toMatchObject({
      known: { holds: [{ fork: 'mine', by: 'ann' }] },
      polls: { failures: 5, firstFailureAt },
    })
    await until<WatchStatus>(next, () => stage.feed.counts().requests > 3)
    await next.terminate()
  })

  it('shows in the memo, for whoever has no worker to ask, and in the details of the Web UI', async () => {
    await say('hold', { fork: 'mine', by: 'ann' })
    stage.announce('v1.1.0')
    await waits('mine/main', 'v1.1.0', 'hold')
    await until<WatchStatus>(handle, ({ phase }) => phase === 'polling' && stage.started.length === 2)
    const { memo } = await handle.describe()
    expect(memo?.standing).toMatchObject({
      known: {
        holds: [{ fork: 'mine', by: 'ann' }],
        lines: { 'mine/main': { standsOn: 'v1.0.0', waiting: ['v1.1.0'] } },
      },
      left: 'nothing',
    })
    const details = JSON.stringify(await handle.query('__temporal_workflow_metadata'))
    expect(details).toContain('undrift release mine')
  })
})

import { ApplicationFailure } from '@temporalio/activity'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import type { RecordInput, RecordResult } from '../activities/record-types.ts'
import { startTestServer } from '../workers/testing.ts'
import { oid, openStage, place, type Script, type Stage, startAttempt, until } from './testing.ts'

let server: Awaited<ReturnType<typeof startTestServer>>
let stage: Stage | null = null
let written: RecordInput[] = []

beforeAll(async () => {
  server = await startTestServer()
}, 600_000)
afterEach(async () => {
  await stage?.stop()
  stage = null
  written = []
})
afterAll(async () => {
  await server?.stop()
})

async function write(input: RecordInput): Promise<RecordResult> {
  written.push(input)
  return { entry: oid('b'), unpublished: [] }
}

function script(git: object = {}): Script {
  const release = { tag: 'v2.0.0', tagObject: oid('1'), commit: oid('2') }
  const check = { command: 'true', exitCode: 0, ended: null, milliseconds: 3, log: '/log', tail: 'long' }
  return {
    control: { supersedeOlder: async () => [] },
    git: {
      fetchRelease: async () => {
        return { kind: 'ready', release, stackHead: oid('3'), contained: false, worker: place }
      },
      rebaseStack: async () => {
        return { kind: 'done', base: oid('4'), head: oid('5'), tree: oid('6'), patches: [] }
      },
      pushCandidate: async () => ({ kind: 'pushed', candidates: [] }),
      recordAttempt: write,
      ...git,
    },
    verify: { verifyCandidate: async () => ({ kind: 'passed', tree: oid('6'), checks: [check] }) },
  }
}

describe('an attempt that has its outcome', () => {
  it('is written into the ledger before it closes, without the logs', async () => {
    stage = await openStage(server, script())
    const handle = await startAttempt(stage.client)
    const { reason, updatedAt } = await handle.result()
    expect(written).toEqual([
      {
        settings: expect.objectContaining({ fork: expect.objectContaining({ name: 'mine' }) }),
        attempt: handle.workflowId,
        tag: 'v2.0.0',
        outcome: 'changed',
        reason,
        at: updatedAt,
        base: oid('4'),
        onto: oid('2'),
        stackHead: oid('3'),
        head: oid('5'),
        release: { tagObject: oid('1') },
        patches: [],
        checks: [{ command: 'true', exitCode: 0, ended: null, milliseconds: 3 }],
        candidates: [],
        decisions: [],
      },
    ])
  })

  it('is not written while it waits, and once when a person gives it up', async () => {
    stage = await openStage(
      server,
      script({ pushCandidate: async () => ({ kind: 'branch-moved', actual: null }) }),
    )
    const handle = await startAttempt(stage.client)
    await until(handle, (status) => status.needs === 'branch-moved')
    expect(written).toEqual([])
    await handle.executeUpdate('abort', { args: [{ by: 'ada' }] })
    await handle.result().catch(() => null)
    expect(written).toMatchObject([{ outcome: 'failed', decisions: [{ name: 'abort', by: 'ada' }] }])
  })

  it('is written when its workflow was cancelled', async () => {
    stage = await openStage(
      server,
      script({ pushCandidate: async () => ({ kind: 'branch-moved', actual: null }) }),
    )
    const handle = await startAttempt(stage.client)
    await until(handle, (status) => status.needs === 'branch-moved')
    await handle.cancel()
    await handle.result().catch(() => null)
    expect(written).toMatchObject([{ outcome: 'failed', reason: 'The workflow was cancelled.' }])
  })

  it('is written when it was blocked by what the fetch found, and when nothing could be fetched', async () => {
    const reason = 'There is no tag v2.0.0.'
    stage = await openStage(
      server,
      script({ fetchRelease: async () => ({ kind: 'blocked', reason, worker: place }) }),
    )
    const blocked = await startAttempt(stage.client)
    await blocked.result().catch(() => null)
    expect(written).toMatchObject([{ outcome: 'blocked', reason, base: null, onto: null }])
    await stage.stop()
    const type = 'UNDRIFT_E_REMOTE'
    const unreachable = async () => {
      throw ApplicationFailure.create({ type, message: 'Nobody answers.', nonRetryable: true })
    }
    stage = await openStage(server, script({ fetchRelease: unreachable }))
    const unfetched = await startAttempt(stage.client)
    const asked = await until(unfetched, (status) => status.needs === 'step-failed')
    expect(asked.reason).toBe('The step fetch failed: Nobody answers.')
    await unfetched.executeUpdate('abort', { args: [{ by: 'ada' }] })
    await unfetched.result().catch(() => null)
    expect(written[1]).toMatchObject({ outcome: 'failed', reason: 'Given up by ada.', onto: null })
  })

  it('keeps its outcome when nothing can be written, and says why', async () => {
    const recordAttempt = async () => {
      throw ApplicationFailure.create({ type: 'UNDRIFT_E_INPUT', message: 'No.', nonRetryable: true })
    }
    stage = await openStage(server, script({ recordAttempt }))
    const handle = await startAttempt(stage.client)
    const result = await handle.result()
    expect(result).toMatchObject({ outcome: 'changed', phase: 'ended' })
    expect(result.reason).toMatch(/ The ledger could not be brought up to date: No\.$/)
  })

  it('says which remote does not hold its entry', async () => {
    const unpublished = ['The ledger is not on origin: it refused.']
    stage = await openStage(server, script({ recordAttempt: async () => ({ entry: oid('b'), unpublished }) }))
    const result = await (await startAttempt(stage.client)).result()
    expect(result.reason).toMatch(/ The ledger is not on origin: it refused\.$/)
  })
})

import { ApplicationFailure, Context } from '@temporalio/activity'
import { WorkflowFailedError } from '@temporalio/client'
import { CancelledFailure } from '@temporalio/common'
import { describe, expect, it } from 'vitest'
import type { AttemptStatus } from './messages.ts'
import { oid, place, startAttempt, until } from './testing.ts'
import { conflict, fetched, pushed, script } from './testing-attempt.ts'
import { useStages } from './testing-hooks.ts'

const stages = useStages()

async function failure(promise: Promise<unknown>): Promise<ApplicationFailure> {
  const error = await promise.then(
    () => null,
    (reason: unknown) => reason,
  )
  if (!(error instanceof WorkflowFailedError)) throw new Error('The workflow did not fail.', { cause: error })
  return error.cause as ApplicationFailure
}

describe('an attempt', () => {
  it('goes from fetch to push without asking, in at most 60 events', async () => {
    const stage = await stages.open(script())
    const handle = await startAttempt(stage.client)
    expect(await handle.result()).toMatchObject({
      phase: 'ended',
      outcome: 'changed',
      needs: null,
      head: oid('5'),
    })
    expect((await handle.fetchHistory()).events?.length).toBeLessThanOrEqual(60)
  })

  it('pushes nothing before it is approved where the config says push: false', async () => {
    let pushes = 0
    const pushCandidate = async () => {
      pushes += 1
      return pushed
    }
    const stage = await stages.open(script({ git: { pushCandidate } }))
    const publish = { candidate: 'undrift/candidate/{tag}', to: ['origin'], push: false }
    const handle = await startAttempt(stage.client, { publish })
    const { candidates } = await until(handle, (status) => status.needs === 'approval')
    const ref = 'refs/heads/undrift/candidate/v2.0.0'
    expect(candidates).toMatchObject([{ remote: 'origin', ref, sha: oid('5'), pushed: false }])
    expect(pushes).toBe(0)
    await handle.executeUpdate('approve', { args: [{ by: 'ada' }] })
    expect(await handle.result()).toMatchObject({ outcome: 'changed' })
    expect(pushes).toBe(1)
  })

  it('is superseded while it waits, and while a step runs', async () => {
    let verifying = 0
    const verifyCandidate = async () => {
      verifying += 1
      const beat = setInterval(() => Context.current().heartbeat(), 100)
      try {
        await Context.current().cancelled
      } finally {
        clearInterval(beat)
      }
      throw new CancelledFailure('ended')
    }
    const first = await stages.open(script({ verify: { verifyCandidate } }))
    const running = await startAttempt(first.client)
    await until(running, (status) => status.phase === 'verifying' && verifying > 0)
    await running.signal('supersede', { tag: 'v3.0.0' })
    expect(await running.result()).toMatchObject({ outcome: 'superseded' })

    await stages.stop()
    const stage = await stages.open(script({ git: { rebaseStack: async () => conflict } }))
    const waiting = await startAttempt(stage.client)
    await until(waiting, (status) => status.needs === 'conflict')
    await waiting.signal('supersede', { tag: 'v3.0.0' })
    const result: AttemptStatus = await waiting.result()
    expect(result).toMatchObject({ outcome: 'superseded', intervention: null })
    expect(result.reason).toContain('v3.0.0')
  })

  it('plans once more when the maintained branch moved, then asks', async () => {
    let fetches = 0
    const git = {
      fetchRelease: async () => {
        fetches += 1
        return fetched
      },
      pushCandidate: async () => ({ kind: 'branch-moved', actual: oid('a') }),
    }
    const stage = await stages.open(script({ git }))
    const handle = await startAttempt(stage.client)
    await until(handle, (status) => status.needs === 'branch-moved')
    expect(fetches).toBe(2)
    await handle.executeUpdate('abort', { args: [{ by: 'ada' }] })
    expect((await failure(handle.result())).message).toBe('Given up by ada.')
  })

  it('closes as Failed when it is blocked, so that the same release can be started again', async () => {
    let reason: string | null = 'There is no tag v2.0.0.'
    const fetchRelease = async () => (reason === null ? fetched : { kind: 'blocked', reason, worker: place })
    const stage = await stages.open(script({ git: { fetchRelease } }))
    const handle = await startAttempt(stage.client)
    const cause = await failure(handle.result())
    expect(cause).toMatchObject({ type: 'Blocked', message: 'There is no tag v2.0.0.' })
    const [status] = cause.details as [AttemptStatus]
    expect(status).toMatchObject({ outcome: 'blocked', phase: 'ended' })
    reason = null
    const again = await stage.client.workflow.start('maintainRelease', {
      workflowId: handle.workflowId,
      taskQueue: 'undrift',
      workflowIdReusePolicy: 'ALLOW_DUPLICATE_FAILED_ONLY',
      args: [
        {
          settings: status.settings,
          release: { tag: 'v2.0.0', publishedAt: null, url: null },
        },
      ],
    })
    expect(await again.result()).toMatchObject({ outcome: 'changed' })
  })

  it('asks for credentials at once when they are refused, without trying them again', async () => {
    let tries = 0
    const fetchRelease = async () => {
      tries += 1
      throw ApplicationFailure.create({
        type: 'UNDRIFT_E_AUTH',
        message: 'The remote refused.',
        nonRetryable: true,
      })
    }
    const stage = await stages.open(script({ git: { fetchRelease } }))
    const handle = await startAttempt(stage.client)
    await until(handle, (status) => status.needs === 'credentials')
    expect(tries).toBe(1)
    await handle.executeUpdate('skip', { args: [{ by: 'ada' }] })
    expect(await handle.result()).toMatchObject({ outcome: 'skipped', reason: 'Skipped by ada.' })
  })

  it('ends with an outcome when its workflow is cancelled', async () => {
    const stage = await stages.open(script({ git: { rebaseStack: async () => conflict } }))
    const handle = await startAttempt(stage.client)
    await until(handle, (status) => status.needs === 'conflict')
    await handle.cancel()
    await handle.result().catch(() => {})
    expect(await handle.query('status')).toMatchObject({ outcome: 'failed', phase: 'ended' })
  })
})

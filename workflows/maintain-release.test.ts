import { ApplicationFailure, Context } from '@temporalio/activity'
import { WorkflowFailedError, WorkflowUpdateFailedError } from '@temporalio/client'
import { CancelledFailure } from '@temporalio/common'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import type { FetchResult, PushResult, RebaseResult, RecordResult } from '../activities/types.ts'
import { startTestServer } from '../workers/testing.ts'
import type { AttemptStatus } from './messages.ts'
import { oid, openStage, place, type Script, type Stage, startAttempt, until } from './testing.ts'

// Steps are scripted here, because a queue that nobody serves or a branch that moves at one exact moment cannot be had
// otherwise; the harness plays the same workflow on real repositories.
const fetched: FetchResult = {
  kind: 'ready',
  release: { tag: 'v2.0.0', tagObject: oid('1'), commit: oid('2') },
  stackHead: oid('3'),
  contained: false,
  worker: place,
}
const replayed: RebaseResult = { kind: 'done', base: oid('4'), head: oid('5'), tree: oid('6'), patches: [] }
const conflict: RebaseResult = {
  kind: 'conflict',
  base: oid('4'),
  patch: { oid: oid('7'), subject: 'Greet in French' },
  lastGood: oid('8'),
  paths: [{ path: 'src/greet.ts', kind: 'content' }],
  patches: [],
  unsettled: [],
}
const pushed: PushResult = { kind: 'pushed', candidates: [] }
const recorded: RecordResult = { entry: oid('b'), unpublished: [] }

function script(overrides: Partial<Record<'git' | 'verify', object>> = {}): Script {
  return {
    control: { supersedeOlder: async () => [] },
    git: {
      fetchRelease: async () => fetched,
      rebaseStack: async () => replayed,
      pushCandidate: async () => pushed,
      recordAttempt: async () => recorded,
      ...overrides.git,
    },
    verify: {
      verifyCandidate: async () => ({ kind: 'passed' as const, tree: oid('6'), checks: [] }),
      ...overrides.verify,
    },
  }
}

let server: Awaited<ReturnType<typeof startTestServer>>
let stage: Stage | null = null

beforeAll(async () => {
  server = await startTestServer()
}, 600_000)
afterEach(async () => {
  await stage?.stop()
  stage = null
})
afterAll(async () => {
  await server?.stop()
})

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
    stage = await openStage(server, script())
    const handle = await startAttempt(stage.client)
    expect(await handle.result()).toMatchObject({
      phase: 'ended',
      outcome: 'changed',
      needs: null,
      head: oid('5'),
    })
    expect((await handle.fetchHistory()).events?.length).toBeLessThanOrEqual(60)
  })

  it('waits on a conflict, refuses what does not fit, and goes on when it is resumed', async () => {
    let tries = 0
    const seen: unknown[] = []
    stage = await openStage(
      server,
      script({
        git: {
          rebaseStack: async (input: unknown) => {
            seen.push(input)
            tries += 1
            return tries === 1 ? conflict : replayed
          },
        },
      }),
    )
    const handle = await startAttempt(stage.client)
    const waiting = await until(handle, (status) => status.needs === 'conflict')
    expect(waiting).toMatchObject({ phase: 'waiting', outcome: 'needs_intervention' })
    expect(waiting.intervention?.options[0]?.commands[0]).toBe(`undrift resolve ${handle.workflowId}`)

    const before = (await handle.fetchHistory()).events?.length
    const refused = await handle.executeUpdate('approve', { args: [{}] }).catch((error: unknown) => error)
    expect(refused).toBeInstanceOf(WorkflowUpdateFailedError)
    expect((refused as WorkflowUpdateFailedError).cause?.message).toContain(
      'possible are resume, retry, skip, abort',
    )
    expect((await handle.fetchHistory()).events?.length).toBe(before)

    const resolution = { oid: oid('9'), pack: 'UEFDSw==' }
    await handle.executeUpdate('resume', { args: [{ by: 'ada', resolutions: [resolution] }] })
    expect(await handle.result()).toMatchObject({
      outcome: 'changed',
      conflict: null,
      decisions: [{ name: 'resume', by: 'ada' }],
    })
    expect(seen[1]).toMatchObject({ resolutions: [resolution], takeWorkTree: true, by: 'ada' })
    expect(await handle.query('resolutions')).toEqual([resolution])
  })

  it('survives a signal whose input is nonsense, and takes a bare one', async () => {
    let tries = 0
    const rebaseStack = async () => (tries++ === 0 ? conflict : replayed)
    stage = await openStage(server, script({ git: { rebaseStack } }))
    const handle = await startAttempt(stage.client)
    await until(handle, (status) => status.needs === 'conflict')
    await handle.signal('approve', 'not', 'possible')
    await handle.signal('resume', { by: 7, resolutions: 'many', from: 'moon' })
    expect(await handle.result()).toMatchObject({ outcome: 'changed', decisions: [{ by: 'a signal' }] })
  })

  it('pushes nothing before it is approved where the config says push: false', async () => {
    let pushes = 0
    const pushCandidate = async () => {
      pushes += 1
      return pushed
    }
    stage = await openStage(server, script({ git: { pushCandidate } }))
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

  it('asks when a merge may have lost lines in silence, and checks the result once a person finds it right', async () => {
    const suspects = [{ oid: oid('7'), path: 'src/greet.ts', lost: ['const language = "fr"'] }]
    stage = await openStage(server, script({ git: { rebaseStack: async () => ({ ...replayed, suspects }) } }))
    const handle = await startAttempt(stage.client)
    const asked = await until(handle, (status) => status.needs === 'suspect-merge')
    expect(asked.intervention?.evidence).toContain('  lost: const language = "fr"')
    await handle.executeUpdate('approve', { args: [{ by: 'ada' }] })
    expect(await handle.result()).toMatchObject({ outcome: 'changed' })
  })

  it('asks about a patch that upstream may have with changes, keeps who kept it, and does not ask again about the same result', async () => {
    const like = { subject: 'Greet', commits: [oid('7')], as: [{ oid: oid('a'), subject: 'Greet (#7)' }] }
    let rebases = 0
    let checks = 0
    const rebaseStack = async () => {
      rebases += 1
      return { ...replayed, likelyLandings: [like] }
    }
    const verifyCandidate = async () => {
      checks += 1
      const check = { command: 'true', exitCode: 1, ended: null, milliseconds: 1, log: '', tail: '' }
      return checks === 1
        ? { kind: 'red', tree: oid('6'), checks: [check] }
        : { kind: 'passed', tree: oid('6'), checks: [] }
    }
    stage = await openStage(server, script({ git: { rebaseStack }, verify: { verifyCandidate } }))
    const handle = await startAttempt(stage.client)
    const asked = await until(handle, (status) => status.needs === 'landed-with-changes')
    expect(asked.intervention?.evidence).toContain('  looks like upstream aaaaaaaaaa "Greet (#7)"')
    expect(asked.intervention?.options[1]?.commands[0]).toContain(`--drop ${oid('7').slice(0, 12)}`)
    await handle.executeUpdate('approve', { args: [{ by: 'ada' }] })
    await until(handle, (status) => status.needs === 'checks-red')
    await handle.executeUpdate('retry', { args: [{ by: 'ada', from: 'rebase' }] })
    expect(await handle.result()).toMatchObject({
      outcome: 'changed',
      decisions: [{ name: 'approve', by: 'ada', keep: [oid('7')] }, { name: 'retry' }],
    })
    expect(rebases).toBe(2)
  })

  it('drops a patch on the word of a person, by the beginning of its id, and refuses what names none', async () => {
    const patches = ['7', '8'].map((digit) => ({
      oid: oid(digit),
      subject: digit,
      verdict: 'conflict' as const,
      newOid: null,
      reason: 'x',
    }))
    const seen: unknown[] = []
    const rebaseStack = async (input: unknown) => {
      seen.push(input)
      return seen.length === 1 ? { ...conflict, patches } : replayed
    }
    stage = await openStage(server, script({ git: { rebaseStack } }))
    const handle = await startAttempt(stage.client)
    await until(handle, (status) => status.needs === 'conflict')
    const refusal = async (name: string, drop: readonly string[]) => {
      const error = await handle.executeUpdate(name, { args: [{ drop }] }).catch((reason: unknown) => reason)
      return (error as WorkflowUpdateFailedError).cause?.message
    }
    expect(await refusal('resume', ['abcdef'])).toContain('"abcdef" is no patch of this stack')
    expect(await refusal('skip', ['7777'])).toBe('A patch is dropped with resume, not with skip.')
    await handle.signal('resume', { drop: [oid('7').slice(0, 8)] })
    expect(await handle.result()).toMatchObject({ outcome: 'changed', decisions: [{ drop: [oid('7')] }] })
    expect(seen[1]).toMatchObject({ dropped: [oid('7')] })
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
    stage = await openStage(server, script({ verify: { verifyCandidate } }))
    const running = await startAttempt(stage.client)
    await until(running, (status) => status.phase === 'verifying' && verifying > 0)
    await running.signal('supersede', { tag: 'v3.0.0' })
    expect(await running.result()).toMatchObject({ outcome: 'superseded' })

    await stage.stop()
    stage = await openStage(server, script({ git: { rebaseStack: async () => conflict } }))
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
    stage = await openStage(server, script({ git }))
    const handle = await startAttempt(stage.client)
    await until(handle, (status) => status.needs === 'branch-moved')
    expect(fetches).toBe(2)
    await handle.executeUpdate('abort', { args: [{ by: 'ada' }] })
    expect((await failure(handle.result())).message).toBe('Given up by ada.')
  })

  it('closes as Failed when it is blocked, so that the same release can be started again', async () => {
    let reason: string | null = 'There is no tag v2.0.0.'
    const fetchRelease = async () => (reason === null ? fetched : { kind: 'blocked', reason, worker: place })
    stage = await openStage(server, script({ git: { fetchRelease } }))
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
    stage = await openStage(server, script({ git: { fetchRelease } }))
    const handle = await startAttempt(stage.client)
    await until(handle, (status) => status.needs === 'credentials')
    expect(tries).toBe(1)
    await handle.executeUpdate('skip', { args: [{ by: 'ada' }] })
    expect(await handle.result()).toMatchObject({ outcome: 'skipped', reason: 'Skipped by ada.' })
  })

  it('shows the question in the details that the Web UI reads', async () => {
    stage = await openStage(server, script({ git: { rebaseStack: async () => conflict } }))
    const handle = await startAttempt(stage.client)
    await until(handle, (status) => status.needs === 'conflict')
    const metadata = await handle.query<{ currentDetails: string }>('__temporal_workflow_metadata')
    expect(metadata.currentDetails).toContain('Needs a person')
    expect(metadata.currentDetails).toContain(`undrift resolve ${handle.workflowId} --continue`)
    await handle.terminate()
  })

  it('ends with an outcome when its workflow is cancelled', async () => {
    stage = await openStage(server, script({ git: { rebaseStack: async () => conflict } }))
    const handle = await startAttempt(stage.client)
    await until(handle, (status) => status.needs === 'conflict')
    await handle.cancel()
    await handle.result().catch(() => {})
    expect(await handle.query('status')).toMatchObject({ outcome: 'failed', phase: 'ended' })
  })
})

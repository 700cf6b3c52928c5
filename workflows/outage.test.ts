import { ApplicationFailure } from '@temporalio/common'
import { expect, it } from 'vitest'
import { isLastTry, runStep } from '../activities/step.ts'
import { withRetries } from '../client/with-retries.ts'
import { dataFolder } from '../config/data-folder.ts'
import { UndriftError } from '../domain/errors.ts'
import { oid, startAttempt, until } from './testing.ts'
import { fetched, pushed, script } from './testing-attempt.ts'
import { useStages } from './testing-hooks.ts'

const stages = useStages()
const unreachable = () => new UndriftError('UNDRIFT_E_REMOTE', 'origin does not answer.')

it('is retried for a day, or for the patience of the upstream, where other failures are told soon', () => {
  const day = 86_400_000
  expect(isLastTry('UNDRIFT_E_REMOTE', { tries: 40, waitedMs: day - 1, outageMs: day })).toBe(false)
  expect(isLastTry('UNDRIFT_E_REMOTE', { tries: 2, waitedMs: day, outageMs: day })).toBe(true)
  expect(isLastTry('UNDRIFT_E_GIT', { tries: 5, waitedMs: 0, outageMs: day })).toBe(false)
  expect(isLastTry('UNDRIFT_E_GIT', { tries: 6, waitedMs: 0, outageMs: day })).toBe(true)
})

it('loses no release: the fetch goes on when the remote is back, and a person may look at once', async () => {
  let tries = 0
  const fetchRelease = () =>
    runStep(async () => {
      tries += 1
      if (tries <= 4) throw unreachable()
      return fetched
    })
  const stage = await stages.open(script({ git: { fetchRelease } }))
  const handle = await startAttempt(stage.client)
  await expect.poll(() => tries, { timeout: 60_000 }).toBe(3)
  // The next tries come after four and eight seconds; nobody has to wait for them.
  await handle.executeUpdate('retry', { args: [{ by: 'ada' }] })
  expect(await handle.result()).toMatchObject({
    outcome: 'changed',
    decisions: [{ name: 'retry', by: 'ada' }],
  })
})

it('is a question once it has lasted for too long', async () => {
  const fetchRelease = () =>
    runStep(
      async () => {
        throw unreachable()
      },
      { patienceSeconds: 2 },
    )
  const stage = await stages.open(script({ git: { fetchRelease } }))
  const handle = await startAttempt(stage.client)
  const asked = await until(handle, (status) => status.needs === 'step-failed')
  expect(asked).toMatchObject({ phase: 'waiting', outcome: 'needs_intervention' })
  expect(asked.reason).toContain('The step fetch failed: origin does not answer.')
  await handle.executeUpdate('skip', { args: [{}] })
  expect(await handle.result()).toMatchObject({ outcome: 'skipped' })
})

it('of a push is a rest that says when the next try comes, and that a person may end', async () => {
  let tries = 0
  const pushCandidate = async () => {
    tries += 1
    if (tries === 1) throw failure()
    return pushed
  }
  const stage = await stages.open(script({ git: { pushCandidate } }))
  const handle = await startAttempt(stage.client)
  const resting = await until(handle, (status) => status.resting != null)
  expect(resting).toMatchObject({
    phase: 'pushing',
    head: oid('5'),
    resting: { message: 'origin does not answer.' },
  })
  expect(resting.reason).toContain('The next try is at 20')
  const { runId } = (await handle.describe()) as { readonly runId: string }
  const { id, fork, line, tag, phase, outcome, needs, startedAt, updatedAt } = resting
  const row = { id, fork, line, tag, phase, outcome, needs, startedAt, updatedAt }
  const [shown] = await withRetries(
    { client: stage.client, from: { data: dataFolder('data', {}), env: {} } },
    [{ row, upstream: resting.upstream, running: true, runId }],
  )
  expect(shown?.retrying).toEqual({
    message: 'origin does not answer.',
    tries: null,
    nextAt: resting.resting?.nextAt,
  })
  await handle.executeUpdate('retry', { args: [{}] })
  expect(await handle.result()).toMatchObject({ outcome: 'changed', resting: null })
})

/** What six tries come to. */
function failure() {
  return ApplicationFailure.create({
    type: 'UNDRIFT_E_REMOTE',
    message: 'origin does not answer.',
    nonRetryable: true,
  })
}

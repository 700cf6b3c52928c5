import type { Client, WorkflowHandle, WorkflowUpdateFailedError } from '@temporalio/client'
import { describe, expect, it, vi } from 'vitest'
import { taskQueues } from '../domain/queues.ts'
import type { DecisionRule } from '../domain/settings.ts'
import { oid, settings, until } from './testing.ts'
import { conflict, replayed, script } from './testing-attempt.ts'
import { useStages } from './testing-hooks.ts'

vi.setConfig({ testTimeout: 60_000 })
const stages = useStages()
const patches = ['7', '8'].map((digit) => ({
  oid: oid(digit),
  subject: digit,
  verdict: 'conflict' as const,
  newOid: null,
  reason: 'x',
}))
const likelyLandings = [{ subject: '8', commits: [oid('8')], as: [] }]

async function conflicted(decisions: DecisionRule, conflicts = 1) {
  const seen: { resolutions: readonly unknown[] }[] = []
  const rebaseStack = async (input: { resolutions: readonly unknown[] }) => {
    seen.push(input)
    return seen.length <= conflicts
      ? { ...conflict, patch: { oid: oid('8'), subject: '8' }, patches, likelyLandings }
      : replayed
  }
  const stage = await stages.open(script({ git: { rebaseStack } }))
  const handle = await start(stage.client, decisions)
  await until(handle, (status) => status.needs === 'conflict')
  return { stage, seen, ours: handle, theirs: stage.stranger.workflow.getHandle(handle.workflowId) }
}

function start(client: Client, decisions: DecisionRule): Promise<WorkflowHandle> {
  const own = { ...settings, upstream: { ...settings.upstream, decisions } }
  return client.workflow.start('maintainRelease', {
    workflowId: `maintain/mine/main/decided-${decisions}-${Math.random()}`,
    taskQueue: taskQueues.control,
    args: [{ settings: own, release: { tag: 'v2.0.0', publishedAt: null, url: null } }],
  })
}

async function refusal(handle: WorkflowHandle, name: string, input: object): Promise<string | undefined> {
  const error = await handle.executeUpdate(name, { args: [input] }).catch((reason: unknown) => reason)
  return (error as WorkflowUpdateFailedError).cause?.message
}

describe('whoever only reaches the server', () => {
  it('brings in no resolution and drops no patch but what is offered, and the record says that nobody signed', async () => {
    const { seen, ours, theirs } = await conflicted('any')
    const pack = { resolutions: [{ oid: oid('9'), pack: 'evil' }] }
    expect(await refusal(theirs, 'resume', pack)).toContain('only from a message that is signed')
    expect(await refusal(theirs, 'resume', { drop: [oid('7')] })).toContain('offers to drop')
    await theirs.signal('resume', pack)
    await theirs.signal('resume', { drop: [oid('7').slice(0, 8)] })
    expect((await ours.query<{ phase: string }>('status')).phase).toBe('waiting')
    expect(seen).toHaveLength(1)

    await theirs.signal('resume', { by: 'eve', drop: [oid('8')] })
    expect(await ours.result()).toMatchObject({
      outcome: 'changed',
      decisions: [{ name: 'resume', by: 'eve', signedBy: null, drop: [oid('8')] }],
    })
    expect(seen[1]?.resolutions).toEqual([])
  })

  it('ends no attempt by the messages of the workers', async () => {
    const { ours, theirs } = await conflicted('any')
    await theirs.signal('supersede', { tag: 'v9.0.0' })
    await theirs.signal('tagMoved', { tag: 'v2.0.0' })
    await theirs.signal('settings', settings)
    const { needs } = await ours.query<{ needs: string }>('status')
    expect(needs).toBe('conflict')
    await ours.executeUpdate('skip', { args: [{ by: 'ada' }] })
    expect(await ours.result()).toMatchObject({
      decisions: [{ signedBy: expect.stringMatching(/^[0-9a-f]{16}$/) }],
    })
  })

  it('decides nothing where only signed decisions are taken', async () => {
    const { ours, theirs } = await conflicted('signed')
    for (const name of ['resume', 'retry', 'skip', 'abort']) {
      expect(await refusal(theirs, name, { by: 'eve' })).toContain('Only signed decisions are taken here')
      await theirs.signal(name)
    }
    const status = await ours.query<{ phase: string; intervention: object }>('status')
    expect(status.phase).toBe('waiting')
    expect(JSON.stringify(status.intervention)).not.toContain('temporal workflow signal')
    await ours.executeUpdate('abort', { args: [{ by: 'ada' }] })
    await expect(ours.result()).rejects.toThrow()
  })

  it('cannot send a signed decision again, nor as another one', async () => {
    const { stage, ours, theirs } = await conflicted('signed', 3)
    await ours.executeUpdate('retry', { args: [{ by: 'ada' }] })
    await until(ours, ({ phase, decisions }) => phase === 'waiting' && decisions.length === 1)
    const { events = [] } = await theirs.fetchHistory()
    const update = events?.find((event) => event.workflowExecutionUpdateAcceptedEventAttributes)
    const accepted = update?.workflowExecutionUpdateAcceptedEventAttributes?.acceptedRequest
    const args = accepted?.input?.args
    expect(Buffer.from(args?.payloads?.[0]?.data ?? []).toString()).toContain('"~for":"update retry"')
    for (const name of ['retry', 'abort']) {
      const { outcome } = await stage.stranger.workflowService.updateWorkflowExecution({
        namespace: 'default',
        workflowExecution: { workflowId: ours.workflowId },
        waitPolicy: { lifecycleStage: 3 },
        request: { meta: { updateId: `again-${name}` }, input: { name, args: args ?? null } },
      })
      expect(outcome?.failure?.message).toContain('Only signed decisions are taken here')
    }
    await ours.executeUpdate('abort', { args: [{ by: 'ada' }] })
    await expect(ours.result()).rejects.toThrow()
  })
})

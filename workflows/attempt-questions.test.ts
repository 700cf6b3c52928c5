import { type WorkflowHandle, WorkflowUpdateFailedError } from '@temporalio/client'
import { describe, expect, it } from 'vitest'
import { oid, startAttempt, until } from './testing.ts'
import { conflict, replayed, script } from './testing-attempt.ts'
import { useStages } from './testing-hooks.ts'

const stages = useStages()

/** The question that the server's list shows in the row of an attempt; null for none. */
async function inList(handle: WorkflowHandle): Promise<unknown> {
  const attributes = (await handle.describe()).searchAttributes
  return (attributes.UndriftQuestion as readonly unknown[] | undefined)?.[0] ?? null
}

describe('an attempt that asks', () => {
  it('waits on a conflict, refuses what does not fit, and goes on when it is resumed', async () => {
    let tries = 0
    const seen: unknown[] = []
    const stage = await stages.open(
      script({
        git: {
          rebaseStack: async (input: unknown) => {
            seen.push(input)
            tries += 1
            return tries === 1 ? { ...conflict, behind: 2 } : replayed
          },
        },
      }),
    )
    const handle = await startAttempt(stage.client)
    const waiting = await until(handle, (status) => status.needs === 'conflict')
    expect(waiting).toMatchObject({ phase: 'waiting', outcome: 'needs_intervention' })
    expect(waiting.intervention?.question).toContain('2 later patches conflict as well.')
    expect(waiting.intervention?.options[0]?.commands[0]).toBe(`undrift resolve ${handle.workflowId}`)
    expect(waiting.intervention?.options[1]).toMatchObject({
      effect: expect.stringContaining('drop this patch'),
      commands: [expect.stringMatching(/^undrift resume .* --drop [0-9a-f]{12}$/), expect.any(String)],
    })

    expect(await inList(handle)).toBe(waiting.intervention?.question)

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
    expect(await inList(handle)).toBeNull()
    expect(seen[1]).toMatchObject({ resolutions: [resolution], takeWorkTree: true, by: 'ada' })
    expect(await handle.query('resolutions')).toEqual([resolution])
  })

  it('survives a signal whose input is nonsense, and takes a bare one', async () => {
    let tries = 0
    const rebaseStack = async () => (tries++ === 0 ? conflict : replayed)
    const stage = await stages.open(script({ git: { rebaseStack } }))
    const handle = await startAttempt(stage.client)
    await until(handle, (status) => status.needs === 'conflict')
    await handle.signal('approve', 'not', 'possible')
    await handle.signal('resume', { by: 7, resolutions: 'many', from: 'moon' })
    expect(await handle.result()).toMatchObject({ outcome: 'changed', decisions: [{ by: 'a signal' }] })
  })

  it('asks when a merge may have lost lines in silence, and checks the result once a person finds it right', async () => {
    const suspects = [
      { oid: oid('7'), path: 'src/greet.ts', kind: 'lost' as const, lost: ['const language = "fr"'] },
    ]
    const stage = await stages.open(script({ git: { rebaseStack: async () => ({ ...replayed, suspects }) } }))
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
    const stage = await stages.open(script({ git: { rebaseStack }, verify: { verifyCandidate } }))
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
    const stage = await stages.open(script({ git: { rebaseStack } }))
    const handle = await startAttempt(stage.client)
    await until(handle, (status) => status.needs === 'conflict')
    const refusal = async (name: string, drop: readonly string[]) => {
      const error = await handle.executeUpdate(name, { args: [{ drop }] }).catch((reason: unknown) => reason)
      return (error as WorkflowUpdateFailedError).cause?.message
    }
    expect(await refusal('resume', ['abcdef'])).toContain('"abcdef" is no patch of this stack')
    expect(await refusal('skip', ['7777'])).toBe('A patch is dropped with resume, not with skip.')
    await handle.executeUpdate('resume', { args: [{ drop: [oid('7').slice(0, 8)] }] })
    expect(await handle.result()).toMatchObject({ outcome: 'changed', decisions: [{ drop: [oid('7')] }] })
    expect(seen[1]).toMatchObject({ dropped: [oid('7')] })
  })

  it('shows the question in the details that the Web UI reads', async () => {
    const stage = await stages.open(script({ git: { rebaseStack: async () => conflict } }))
    const handle = await startAttempt(stage.client)
    await until(handle, (status) => status.needs === 'conflict')
    const metadata = await handle.query<{ currentDetails: string }>('__temporal_workflow_metadata')
    expect(metadata.currentDetails).toContain('Needs a person')
    expect(metadata.currentDetails).toContain(`undrift resolve ${handle.workflowId} --continue`)
    await handle.terminate()
  })

  it('says which remotes have the candidate already when a later one refuses it', async () => {
    const candidate = {
      kind: 'branch',
      ref: 'refs/heads/c',
      repo: 'r',
      sha: oid('5'),
      url: null,
      pushed: true,
    }
    const candidates = [{ ...candidate, remote: 'origin' }]
    const pushCandidate = async () => ({
      kind: 'refused',
      remote: 'second',
      words: 'hook declined',
      candidates,
    })
    const stage = await stages.open(script({ git: { pushCandidate } }))
    const handle = await startAttempt(stage.client)
    const asked = await until(handle, (status) => status.needs === 'push-refused')
    expect(asked.intervention?.evidence).toEqual([
      'hook declined',
      'The candidate is on origin already; `retry` goes on with the others.',
    ])
    await handle.terminate()
  })
})

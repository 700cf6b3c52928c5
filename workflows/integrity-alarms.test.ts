import { describe, expect, it } from 'vitest'
import type { RecordInput } from '../activities/record-types.ts'
import type { FetchInput, FetchResult, PushInput, PushResult } from '../activities/types.ts'
import { oid, place, type Script, startAttempt, until } from './testing.ts'
import { useStages } from './testing-hooks.ts'

// Scripted steps: the exact moment at which a tag moves cannot be had otherwise. The harness plays it on repositories.
function ready(digit: string): FetchResult {
  const release = { tag: 'v2.0.0', tagObject: oid(digit), commit: oid('2') }
  return { kind: 'ready', release, stackHead: oid('3'), contained: false, worker: place }
}
const pushed: PushResult = { kind: 'pushed', candidates: [] }

const stages = useStages()

/** Plays fetches and pushes in turn; keeps what each was told. */
function script(fetches: readonly FetchResult[], pushes: readonly PushResult[] = [pushed]) {
  const told = { fetch: [] as FetchInput[], push: [] as PushInput[], record: [] as RecordInput[] }
  const steps: Script = {
    control: { supersedeOlder: async () => [] },
    git: {
      fetchRelease: async (input) => {
        told.fetch.push(input)
        return fetches[told.fetch.length - 1] ?? ready('1')
      },
      rebaseStack: async () => ({
        kind: 'done',
        base: oid('4'),
        head: oid('5'),
        tree: oid('6'),
        patches: [],
      }),
      pushCandidate: async (input) => {
        told.push.push(input)
        return pushes[told.push.length - 1] ?? pushed
      },
      recordAttempt: async (input) => {
        told.record.push(input)
        return { entry: oid('b'), unpublished: [] }
      },
    },
    verify: { verifyCandidate: async () => ({ kind: 'passed', tree: oid('6'), checks: [] }) },
  }
  return { steps, told }
}

describe('an integrity alarm', () => {
  it('holds an attempt whose tag moved before the push, and begins again on what a person took', async () => {
    const moved: PushResult = {
      kind: 'tag-moved',
      before: oid('1'),
      after: oid('9'),
      evidence: ['old', 'new'],
    }
    const { steps, told } = script([ready('1'), ready('9')], [moved])
    const stage = await stages.open(steps)
    const handle = await startAttempt(stage.client)
    const { intervention } = await until(handle, (status) => status.needs === 'tag-moved')
    expect(intervention?.question).toMatch(/^Integrity alarm: the tag v2\.0\.0 moved/)
    expect(intervention?.evidence).toEqual(['old', 'new'])
    expect(intervention?.options.map(({ name }) => name)).toEqual(['retry', 'approve', 'skip', 'abort'])

    await handle.executeUpdate('approve', { args: [{ by: 'ada' }] })
    const letGo = { need: 'tag-moved', tagObject: oid('9'), before: oid('1') }
    expect(await handle.result()).toMatchObject({
      outcome: 'changed',
      release: { tagObject: oid('9') },
      decisions: [{ name: 'approve', by: 'ada', letGo }],
    })
    const accepted = [{ need: 'tag-moved', tagObject: oid('9') }]
    expect(told.fetch[1]).toMatchObject({ accepted, seen: { tagObject: oid('1') } })
    expect(told.push[1]).toMatchObject({ accepted, release: { tagObject: oid('9') } })
    expect(told.record[0]).toMatchObject({ release: { tagObject: oid('9') }, decisions: [{ letGo }] })
  })

  it('does not pass for a tag that moved when only its signature was let go', async () => {
    const unsigned: FetchResult = {
      kind: 'tag-signature',
      tagObject: oid('1'),
      reason: 'The tag object holds no signature.',
      evidence: [],
      worker: place,
    }
    const { steps, told } = script([unsigned, ready('1')])
    const stage = await stages.open(steps)
    const handle = await startAttempt(stage.client)
    const { intervention } = await until(handle, (status) => status.needs === 'tag-signature')
    expect(intervention?.question).toContain('holds no signature')
    await handle.executeUpdate('approve', { args: [{ by: 'ada' }] })
    expect(await handle.result()).toMatchObject({ outcome: 'changed' })
    expect(told.fetch[1]?.accepted).toEqual([{ need: 'tag-signature', tagObject: oid('1') }])
  })

  it('takes what was seen first when the tag was deleted, looks again on retry, and outlasts a newer release', async () => {
    const gone: FetchResult = {
      kind: 'tag-moved',
      before: oid('1'),
      after: null,
      evidence: [],
      worker: place,
    }
    const { steps, told } = script([gone, gone, ready('1')])
    const stage = await stages.open(steps)
    const handle = await startAttempt(stage.client)
    const first = await until(handle, (status) => status.needs === 'tag-moved')
    expect(first.intervention?.question).toContain('was deleted upstream')
    await handle.signal('supersede', { tag: 'v3.0.0' })
    await handle.executeUpdate('retry', { args: [{ by: 'ada' }] })
    await until(handle, (status) => status.needs === 'tag-moved' && told.fetch.length === 2)
    await handle.executeUpdate('approve', { args: [{ by: 'ada' }] })
    expect(await handle.result()).toMatchObject({ outcome: 'changed' })
    expect(told.fetch[2]?.accepted).toEqual([{ need: 'tag-moved', tagObject: oid('1') }])
  })

  it('asks for what a worker lacks to check a signature, and ends skipped on a step back', async () => {
    const lacking: FetchResult = { kind: 'signature-tool-missing', message: 'Install gpg.', worker: place }
    const older: FetchResult = { kind: 'skipped', reason: 'v2.0.0 is older than v3.0.0.', worker: place }
    const stage = await stages.open(script([lacking, older]).steps)
    const handle = await startAttempt(stage.client)
    const { intervention } = await until(handle, (status) => status.needs === 'signature-tool-missing')
    expect(intervention?.options.map(({ name }) => name)).toEqual(['retry', 'skip', 'abort'])
    await handle.executeUpdate('retry', { args: [{ by: 'ada' }] })
    expect(await handle.result()).toMatchObject({
      outcome: 'skipped',
      reason: 'v2.0.0 is older than v3.0.0.',
    })
  })
})

import { expect, it } from 'vitest'
import type { RebaseInput, VerifyInput } from '../activities/types.ts'
import type { AttemptSettings } from '../domain/settings.ts'
import { oid, settings, startAttempt, until } from './testing.ts'
import { conflict, replayed, script } from './testing-attempt.ts'
import { useStages } from './testing-hooks.ts'

const stages = useStages()
const red = { command: 'false', exitCode: 1, ended: null, milliseconds: 1, log: '', tail: '' }

/** Settings with other checks, and with what else is given. */
function mended(more: Partial<AttemptSettings['fork']> = {}): AttemptSettings {
  const { fork } = settings
  return { ...settings, fork: { ...fork, verify: { ...fork.verify, commands: ['true', 'true'] }, ...more } }
}

/** An attempt that waits on red checks; what its steps were told. */
async function redChecks() {
  const told = { rebase: [] as RebaseInput[], verify: [] as VerifyInput[] }
  const stage = await stages.open(
    script({
      git: {
        rebaseStack: async (input: RebaseInput) => {
          told.rebase.push(input)
          return replayed
        },
      },
      verify: {
        verifyCandidate: async (input: VerifyInput) => {
          told.verify.push(input)
          return told.verify.length === 1
            ? { kind: 'red', tree: oid('6'), checks: [red] }
            : { kind: 'passed', tree: oid('6'), checks: [] }
        },
      },
    }),
  )
  const handle = await startAttempt(stage.client)
  await until(handle, (status) => status.needs === 'checks-red')
  return { handle, told }
}

it('are named in the question, and `retry` runs the new checks on the same replay', async () => {
  const { handle, told } = await redChecks()
  await handle.signal('settings', mended())
  const asked = await until(handle, (status) => (status.changedSettings ?? []).length > 0)
  expect(asked.intervention?.evidence).toContain('The config has changed since: `retry` takes verify.')
  await handle.executeUpdate('retry', { args: [{}] })
  expect(await handle.result()).toMatchObject({ outcome: 'changed', changedSettings: [] })
  expect(told.verify.map(({ settings: { fork } }) => fork.verify.commands)).toEqual([
    ['true'],
    ['true', 'true'],
  ])
  expect(told.rebase).toHaveLength(1)
})

it('make the replay anew where they change it, and never push what was to wait', async () => {
  const { handle, told } = await redChecks()
  await handle.signal('settings', mended({ patches: { policy: 'strict', exclude: [], squashAuthors: [] } }))
  await handle.signal('settings', settings)
  const same = await until(handle, (status) => status.changedSettings?.length === 0)
  expect(same.intervention?.evidence.join()).not.toContain('The config has changed')
  await handle.signal('settings', mended({ patches: { policy: 'strict', exclude: [], squashAuthors: [] } }))
  await until(handle, (status) => status.changedSettings?.length === 2)
  await handle.executeUpdate('retry', { args: [{}] })
  expect(await handle.result()).toMatchObject({ outcome: 'changed' })
  expect(told.rebase).toHaveLength(2)
})

it('do not push what a person wanted to look at first', async () => {
  const publish = { ...settings.fork.publish, push: false }
  const stage = await stages.open(script())
  const handle = await startAttempt(stage.client, { publish })
  await until(handle, (status) => status.needs === 'approval')
  await handle.signal('settings', mended())
  await handle.executeUpdate('retry', { args: [{ from: 'verify' }] })
  const asked = await until(handle, (status) => status.decisions.length === 1 && status.needs === 'approval')
  expect(asked.settings.fork.verify.commands).toEqual(['true', 'true'])
  await handle.executeUpdate('skip', { args: [{}] })
})

it("does not tell of an earlier round's checks and candidate once the stack is replayed again", async () => {
  let rebases = 0
  const rebaseStack = async () => (rebases++ === 0 ? replayed : conflict)
  const stage = await stages.open(
    script({
      git: { rebaseStack },
      verify: { verifyCandidate: async () => ({ kind: 'red', tree: oid('6'), checks: [red] }) },
    }),
  )
  const handle = await startAttempt(stage.client)
  expect(await until(handle, (status) => status.needs === 'checks-red')).toMatchObject({ checks: [red] })
  await handle.executeUpdate('retry', { args: [{ from: 'rebase' }] })
  const status = await until(handle, ({ needs }) => needs === 'conflict')
  expect(status).toMatchObject({ checks: [], candidates: [], head: null })
  await handle.executeUpdate('skip', { args: [{}] })
})
